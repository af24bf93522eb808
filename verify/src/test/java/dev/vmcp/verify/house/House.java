package dev.vmcp.verify.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
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

    /// Built, or taken over word by word from others.
    private static final Set<String> NOT_OURS =
            Set.of("target", "build", "node_modules", "LICENSE", "connectrpc");

    private static final List<Path> FILES = walk();

    private House() {}

    static List<Path> javaFiles() {
        return files(".java").stream().filter(file -> file.toString().contains("/src/")).toList();
    }

    /// All files of ours whose name ends so, apart from built and hidden ones.
    static List<Path> files(String... ends) {
        return FILES.stream()
                .filter(file -> Stream.of(ends).anyMatch(file.toString()::endsWith))
                .toList();
    }

    private static List<Path> walk() {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(
                    ROOT,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            return directory.equals(ROOT) || ours(directory)
                                    ? FileVisitResult.CONTINUE
                                    : FileVisitResult.SKIP_SUBTREE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile() && ours(file)) {
                                found.add(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.stream().sorted().toList();
    }

    private static boolean ours(Path file) {
        var name = String.valueOf(file.getFileName());
        return !NOT_OURS.contains(name) && !name.startsWith(".");
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
