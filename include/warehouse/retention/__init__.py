"""How long each kind of data stays, and what removes it afterwards."""
