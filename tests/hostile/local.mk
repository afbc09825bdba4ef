# The kit of attacks, which `gradeovenctl hostile` bakes on the machine it is installed on. Those that are
# archives are made here: no source tree could hold them.
EXTRA_DIST += tests/hostile/README.md tests/hostile/archives.py tests/hostile/assignments \
	tests/hostile/attacks tests/hostile/common

hostiledir = $(pkgdatadir)/hostile

all-local: tests/hostile/archives.stamp

tests/hostile/archives.stamp: $(srcdir)/tests/hostile/archives.py
	$(AM_V_GEN)rm -rf tests/hostile/archives && $(MKDIR_P) tests/hostile/archives && \
		$(PYTHON3) $(srcdir)/tests/hostile/archives.py tests/hostile/archives && touch $@

install-data-local: install-hostile
install-hostile: tests/hostile/archives.stamp
	rm -rf "$(DESTDIR)$(hostiledir)"
	$(MKDIR_P) "$(DESTDIR)$(hostiledir)"
	cp -R $(srcdir)/tests/hostile/assignments $(srcdir)/tests/hostile/attacks \
		$(srcdir)/tests/hostile/common "$(DESTDIR)$(hostiledir)"
	cp -R tests/hostile/archives/. "$(DESTDIR)$(hostiledir)/attacks"
	chmod -R u+rwX,go+rX,go-w "$(DESTDIR)$(hostiledir)"

uninstall-local: uninstall-hostile
uninstall-hostile:
	rm -rf "$(DESTDIR)$(hostiledir)"

clean-local: clean-hostile
clean-hostile:
	rm -rf tests/hostile/archives tests/hostile/archives.stamp

.PHONY: install-hostile uninstall-hostile clean-hostile
