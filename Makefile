# The targets of the VMCP README; `./run` has the tasks.
.PHONY: build generate test lint dev install-tools

build generate test lint dev:
	./run $@

install-tools:
	./run setup
