"""How vectors and labels become scores: the paper's way, and a fair one."""
