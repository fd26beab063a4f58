"""Pages that join several apps, one file per audience or purpose."""
