# The targets of the VMCP README; `./run` has the tasks.
.PHONY: build generate test lint dev install-tools o11y o11y-stop

build generate test lint dev o11y o11y-stop:
	./run $@

install-tools:
	./run setup
