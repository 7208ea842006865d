"""The developer's commands behind `./dev`, and the private PostgreSQL and Valkey that they run on."""
