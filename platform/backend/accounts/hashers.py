from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id at the cost that OWASP's cheat sheet recommends: 19 MiB, two passes, one lane.

    Django's default takes 100 MiB a hash: a few sign-ins at once would outgrow a worker's memory.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
