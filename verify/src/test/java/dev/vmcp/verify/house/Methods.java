package dev.vmcp.verify.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The methods of a source text with their lengths, as the compiler's own parser reads them.
final class Methods {

    /// @param file the name of the source
    /// @param lines from the first modifier or annotation to the closing brace
    record Method(String file, String name, int lines) {}

    private Methods() {}

    /// Reads many sources at once, which are texts by names that end in `.java`.
    static List<Method> of(Map<String, String> sources) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var units =
                sources.entrySet().stream()
                        .map(source -> source(source.getKey(), source.getValue()))
                        .toList();
        var task = (JavacTask) compiler.getTask(null, null, _ -> {}, List.of(), null, units);
        var positions = Trees.instance(task).getSourcePositions();
        var found = new ArrayList<Method>();
        for (var unit : task.parse()) {
            new Scanner(unit, positions, found).scan(unit, found);
        }
        return found;
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(
                URI.create("string:///" + name), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    private static final class Scanner extends TreeScanner<List<Method>, List<Method>> {

        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Method> found;

        Scanner(CompilationUnitTree unit, SourcePositions positions, List<Method> found) {
            this.unit = unit;
            this.positions = positions;
            this.found = found;
        }

        @Override
        public List<Method> visitMethod(MethodTree method, List<Method> into) {
            var lines = unit.getLineMap();
            var end = positions.getEndPosition(unit, method);
            if (method.getBody() != null && end >= 0) {
                var start = positions.getStartPosition(unit, method);
                var length = lines.getLineNumber(end) - lines.getLineNumber(start) + 1;
                var file = unit.getSourceFile().getName().substring(1);
                found.add(new Method(file, method.getName().toString(), (int) length));
            }
            super.visitMethod(method, into);
            return into;
        }
    }
}
