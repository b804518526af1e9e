"""What people look at: a page at `/?as=USER` that shows one person's screen and acts as that person."""
