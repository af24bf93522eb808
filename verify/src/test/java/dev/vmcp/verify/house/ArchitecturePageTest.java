package dev.vmcp.verify.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every class, package and file that `docs/ARCHITECTURE.md` names in code type exists.
///
/// `Name` and `Name.Inner` are types of ours, or of our protos; `a/b` is a file or directory; and
/// `a.b` in lower case is a package under `dev.vmcp`.
class ArchitecturePageTest {

    private static final Path PAGE = House.ROOT.resolve("docs/ARCHITECTURE.md");

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*(\\.[A-Z]\\w*)*");
    private static final Pattern FILE = Pattern.compile("(\\./)?[\\w.-]+(/[\\w.-]+)*/?");
    private static final Pattern PACKAGE = Pattern.compile("[a-z]\\w*(\\.[a-z]\\w*)+");
    private static final Pattern PROTO =
            Pattern.compile("(?m)^\\s*(?:service|message|enum|rpc) (\\w+)");

    @Test
    void whatThePageNamesExists() {
        assumeThat(PAGE).as("the page is written").exists();

        assertThat(missing(House.text(PAGE))).isEmpty();
    }

    @Test
    void aMissingThingIsSeen() {
        var page =
                "`Phase` `Phase.Running` `VmService` `core.vm` `core/pom.xml` `Phas` `core.vmm`"
                        + " `core/pon.xml` `./run --all` `TCP`";

        assertThat(missing(page)).containsExactly("Phas", "core.vmm", "core/pon.xml");
    }

    private static List<String> missing(String page) {
        var types = types();
        return CODE.matcher(page)
                .results()
                .map(found -> found.group(1))
                .filter(word -> !exists(word, types))
                .distinct()
                .toList();
    }

    private static boolean exists(String word, Set<String> types) {
        if (TYPE.matcher(word).matches()) {
            return types.contains(word.replaceFirst("\\..*", ""));
        }
        if (word.contains("/") && FILE.matcher(word).matches()) {
            return Files.exists(House.ROOT.resolve(word));
        }
        if (PACKAGE.matcher(word).matches() && !Files.exists(House.ROOT.resolve(word))) {
            return isPackage(word);
        }
        return true;
    }

    private static boolean isPackage(String word) {
        var full = word.startsWith("dev.vmcp") ? word : "dev.vmcp." + word;
        var inHost = "dev.vmcp.host." + word;
        return House.CLASSES.stream()
                .map(type -> type.getPackageName() + ".")
                .anyMatch(name -> name.startsWith(full + ".") || name.startsWith(inHost + "."));
    }

    private static Set<String> types() {
        var types = new HashSet<String>();
        House.javaFiles()
                .forEach(file -> types.add(file.getFileName().toString().replace(".java", "")));
        for (var proto : House.files(".proto")) {
            PROTO.matcher(House.text(proto)).results().forEach(found -> types.add(found.group(1)));
        }
        return types;
    }
}
