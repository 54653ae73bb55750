# The launcher's words as aliases; ./studio alone is enough.
.PHONY: run test check video bench doctor lock

run test check video bench doctor lock:
	@./studio $@ $(ARGS)
