"""Taking in records of other systems: which student they are about, what they become here, what is refused and why."""
