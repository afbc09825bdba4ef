# What the pages are made of; installed as files, read when httpd starts.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = $(srcdir)/templates/*.html
staticdir = $(templatesdir)/static
dist_static_DATA = $(srcdir)/templates/static/*.css $(srcdir)/templates/static/*.js \
	$(srcdir)/templates/static/*.svg
