package dev.vmcp.core.backend;

import java.util.regex.Pattern;

/// The form of names that reach a hypervisor's command line.
final class NameForm {

    static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private NameForm() {}
}
