"""A person or a system that can log in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A login. What it may see comes from its assignments, never from the login itself; a superuser sees all."""

    class Meta(AbstractUser.Meta):
        db_table = "access_user"
