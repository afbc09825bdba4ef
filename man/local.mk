# Manual pages, from scdoc sources where scdoc is installed.
EXTRA_DIST += man/gradeoven-receipt.5.scd man/gradeovenctl.8.scd man/mod_gradeoven.5.scd man/sandbox.1.scd
if HAVE_SCDOC
man_MANS = man/gradeoven-receipt.5 man/gradeovenctl.8 man/mod_gradeoven.5 man/sandbox.1
CLEANFILES += $(man_MANS)
endif
SUFFIXES = .scd
man/%: man/%.scd
	$(AM_V_GEN)$(MKDIR_P) man && $(SCDOC) < $< > $@.tmp && mv $@.tmp $@
