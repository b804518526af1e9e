"""The configuration of Sphinx for `make docs`."""

project = "dbaccess"
author = "The dbaccess contributors"
html_title = "dbaccess"
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False

extensions = ["myst_parser", "sphinxcontrib.mermaid"]
source_suffix = {".md": "markdown"}
root_doc = "index"

# Every link to a page, a heading or a file is checked: `make docs` turns each warning into an error.
nitpicky = True
myst_heading_anchors = 4
# GitHub and Sphinx both read ```mermaid.
myst_fence_as_directive = ["mermaid"]
suppress_warnings = ["misc.highlighting_failure"]

# Browsers fetch the drawing library when a page with a diagram is read; the build needs no network.
mermaid_version = "11.12.0"
