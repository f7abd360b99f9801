"""The doors: parse, decide, commit, render. Status codes live here and nowhere else."""
