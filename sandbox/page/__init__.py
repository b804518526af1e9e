"""The web page of the sandbox: `/?as=USER` shows one person's screen and acts as that person."""
