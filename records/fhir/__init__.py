"""Reading FHIR R4: files in, checked values or named problems out. Pure: no Django, no database.

`stream` takes entries out of files of any size; `version` tells an R4 file from an older one; `resources` turns one
resource into a value of `patient`, `encounter`, `observation`, `immunization`, `condition` or `allergy`, or into the
list of what is wrong with it. Why checked parsing and not a model library: docs/adr/0005-fhir-by-checked-parsing.md.
"""
