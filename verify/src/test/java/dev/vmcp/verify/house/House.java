package dev.vmcp.verify.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The project as files and as classes.
final class House {

    /// The class files of every module, tests left out.
    static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.vmcp");

    /// The directory of the whole project; Surefire runs tests in that of the module.
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_OURS =
            Set.of("target", "build", "node_modules", "LICENSE");

    private House() {}

    static List<Path> javaFiles() {
        return files(".java").stream().filter(file -> file.toString().contains("/src/")).toList();
    }

    /// All files of ours whose name ends so, apart from built and hidden ones.
    static List<Path> files(String... ends) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> ours(ROOT.relativize(file)))
                    .filter(file -> Stream.of(ends).anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ours(Path file) {
        for (var part : file) {
            var name = part.toString();
            if (NOT_OURS.contains(name) || name.startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /// For messages.
    static String name(Path file) {
        return ROOT.relativize(file).toString();
    }
}
