package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `posix_spawn` with everything set that keeps a child apart from us. Blocks until the program was
/// executed, so it belongs on a platform thread.
final class PosixSpawn {

    private static final short SET_SIGNAL_DEFAULTS = 0x04;
    private static final short SET_SIGNAL_MASK = 0x08;
    private static final short SET_SESSION = 0x80;

    /// Enough for `posix_spawnattr_t`, `posix_spawn_file_actions_t` and `sigset_t` of any glibc.
    private static final int STRUCT_BYTES = 1024;

    private static final int FIRST_GIVEN = 3;

    private static final MethodHandle SPAWN =
            pointers("posix_spawn", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle ATTRIBUTES = pointers("posix_spawnattr_init", ADDRESS);
    private static final MethodHandle FLAGS =
            pointers("posix_spawnattr_setflags", ADDRESS, JAVA_SHORT);
    private static final MethodHandle MASK =
            pointers("posix_spawnattr_setsigmask", ADDRESS, ADDRESS);
    private static final MethodHandle DEFAULTS =
            pointers("posix_spawnattr_setsigdefault", ADDRESS, ADDRESS);
    private static final MethodHandle ATTRIBUTES_END = pointers("posix_spawnattr_destroy", ADDRESS);
    private static final MethodHandle FILL = pointers("sigfillset", ADDRESS);
    private static final MethodHandle EMPTY = pointers("sigemptyset", ADDRESS);
    private static final MethodHandle ACTIONS = pointers("posix_spawn_file_actions_init", ADDRESS);
    private static final MethodHandle ADD_OPEN =
            pointers(
                    "posix_spawn_file_actions_addopen",
                    ADDRESS,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT);
    private static final MethodHandle ADD_DUP =
            pointers("posix_spawn_file_actions_adddup2", ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle ADD_CLOSE_FROM =
            pointers("posix_spawn_file_actions_addclosefrom_np", ADDRESS, JAVA_INT);
    private static final MethodHandle ADD_CHDIR =
            pointers("posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
    private static final MethodHandle ACTIONS_END =
            pointers("posix_spawn_file_actions_destroy", ADDRESS);

    private PosixSpawn() {}

    /// The pid, or the negative errno of whichever step failed.
    static int run(Spawn what) {
        var given = new ArrayList<Integer>();
        try (var arena = Arena.ofConfined()) {
            // Out of the way of the numbers that they are to get.
            for (var descriptor : what.descriptors()) {
                given.add(
                        Descriptors.duplicate(descriptor, FIRST_GIVEN + what.descriptors().size()));
            }
            return run(what, given, arena);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("posix_spawn: " + e + " (expected: a result)", e);
        } finally {
            given.forEach(Descriptors::close);
        }
    }

    private static int run(Spawn what, List<Integer> given, Arena arena) throws Throwable {
        var attributes = attributes(arena);
        var actions = arena.allocate(STRUCT_BYTES, Long.BYTES);
        must((int) ACTIONS.invokeExact(actions));
        try {
            addActions(actions, what, given, arena);
            var pid = arena.allocate(JAVA_INT);
            var error =
                    (int)
                            SPAWN.invokeExact(
                                    pid,
                                    arena.allocateFrom(what.argv().getFirst()),
                                    actions,
                                    attributes,
                                    Libc.strings(arena, what.argv()),
                                    Libc.strings(arena, variables(what.environment())));
            return error == 0 ? pid.get(JAVA_INT, 0) : -error;
        } finally {
            must((int) ACTIONS_END.invokeExact(actions));
            must((int) ATTRIBUTES_END.invokeExact(attributes));
        }
    }

    private static MemorySegment attributes(Arena arena) throws Throwable {
        var attributes = arena.allocate(STRUCT_BYTES, Long.BYTES);
        var signals = arena.allocate(STRUCT_BYTES, Long.BYTES);
        must((int) ATTRIBUTES.invokeExact(attributes));
        must((int) FILL.invokeExact(signals));
        must((int) DEFAULTS.invokeExact(attributes, signals));
        must((int) EMPTY.invokeExact(signals));
        must((int) MASK.invokeExact(attributes, signals));
        var flags = (short) (SET_SESSION | SET_SIGNAL_MASK | SET_SIGNAL_DEFAULTS);
        must((int) FLAGS.invokeExact(attributes, flags));
        return attributes;
    }

    private static void addActions(
            MemorySegment actions, Spawn what, List<Integer> given, Arena arena) throws Throwable {
        var append =
                OpenFlags.WRITE_ONLY | OpenFlags.CREATE | OpenFlags.APPEND | OpenFlags.NO_FOLLOW;
        // Both ends of a FIFO in the process itself: no end of ours keeps it from writing.
        var whole = OpenFlags.READ_WRITE | OpenFlags.NO_FOLLOW;
        if (what.onTerminal()) {
            must((int) ADD_DUP.invokeExact(actions, (int) given.getFirst(), 0));
        } else if (what.input().isPresent()) {
            addOpen(actions, arena, 0, what.input().get(), whole);
        } else {
            addOpen(actions, arena, 0, Path.of("/dev/null"), OpenFlags.READ_ONLY);
        }
        addOpen(actions, arena, 2, what.output(), append);
        if (what.print().isPresent()) {
            var flags = what.onTerminal() ? whole | OpenFlags.NON_BLOCKING : whole;
            addOpen(actions, arena, 1, what.print().get(), flags);
        } else {
            must((int) ADD_DUP.invokeExact(actions, 2, 1));
        }
        for (var i = 0; i < given.size(); i++) {
            must((int) ADD_DUP.invokeExact(actions, (int) given.get(i), FIRST_GIVEN + i));
        }
        must((int) ADD_CLOSE_FROM.invokeExact(actions, FIRST_GIVEN + given.size()));
        var directory = arena.allocateFrom(what.directory().toString());
        must((int) ADD_CHDIR.invokeExact(actions, directory));
    }

    private static void addOpen(
            MemorySegment actions, Arena arena, int number, Path path, int flags) throws Throwable {
        var name = arena.allocateFrom(path.toAbsolutePath().toString());
        must((int) ADD_OPEN.invokeExact(actions, number, name, flags, 0600));
    }

    private static List<String> variables(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }

    private static void must(int error) {
        if (error != 0) {
            throw new ProcessException("prepare a spawn: " + Errno.text(Math.abs(error)));
        }
    }

    private static MethodHandle pointers(String name, MemoryLayout... arguments) {
        return Libc.bindPlain(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }
}
