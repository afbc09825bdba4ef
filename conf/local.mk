# What an administrator reads and copies: configuration to start from, and the demo course.
EXTRA_DIST += conf/gradeoven.conf conf/gradeoven.load conf/schema conf/demo conf/image/Dockerfile

confdir = $(pkgdatadir)/conf
demodir = $(pkgdatadir)/demo

# The demo is copied as a tree: its stages must keep their executable bits and its files their bytes.
install-data-local: install-conf install-demo

install-conf:
	$(MKDIR_P) "$(DESTDIR)$(confdir)"
	$(INSTALL_DATA) $(srcdir)/conf/gradeoven.conf "$(DESTDIR)$(confdir)/gradeoven.conf"
	sed 's|@moduledir@|$(moduledir)|' $(srcdir)/conf/gradeoven.load \
		> "$(DESTDIR)$(confdir)/gradeoven.load"
	chmod 644 "$(DESTDIR)$(confdir)/gradeoven.load"

# The source may be read-only and private to its owner; what is installed is readable by all.
install-demo:
	rm -rf "$(DESTDIR)$(demodir)"
	$(MKDIR_P) "$(DESTDIR)$(demodir)"
	cp -R $(srcdir)/conf/demo/. "$(DESTDIR)$(demodir)"
	chmod -R u+rwX,go+rX,go-w "$(DESTDIR)$(demodir)"

uninstall-local: uninstall-conf

uninstall-conf:
	rm -rf "$(DESTDIR)$(demodir)" "$(DESTDIR)$(confdir)"

.PHONY: install-conf install-demo uninstall-conf
