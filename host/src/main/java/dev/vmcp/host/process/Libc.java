package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/// The way into glibc. A call answers what the C function did, or the negative errno where that was
/// -1; a call that can block belongs on a platform thread.
public final class Libc {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /// One call of a handle from [#bind], with an arena that lives as long as the call.
    @FunctionalInterface
    public interface Call {
        long run(Arena arena, MemorySegment errno) throws Throwable;
    }

    private Libc() {}

    /// A handle whose first argument is the errno segment that [#call] provides.
    public static MethodHandle bind(String name, FunctionDescriptor signature) {
        return LINKER.downcallHandle(
                address(name), signature, Linker.Option.captureCallState("errno"));
    }

    /// As [#bind], for a function that takes `fixed` arguments and then any number more.
    public static MethodHandle bindVariadic(String name, int fixed, FunctionDescriptor signature) {
        var options = new ArrayList<Linker.Option>();
        options.add(Linker.Option.captureCallState("errno"));
        options.add(Linker.Option.firstVariadicArg(fixed));
        return LINKER.downcallHandle(
                address(name), signature, options.toArray(Linker.Option[]::new));
    }

    /// A handle without errno, for functions that answer the error itself or cannot fail.
    static MethodHandle bindPlain(String name, FunctionDescriptor signature) {
        return LINKER.downcallHandle(address(name), signature);
    }

    public static long call(Call call) {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(STATE);
            var result = call.run(arena, errno);
            return result == -1 ? -(int) ERRNO.get(errno, 0L) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libc call: " + e + " (expected: a result)", e);
        }
    }

    /// The result, unless it is a negative errno.
    ///
    /// @throws ProcessException saying `what` and the text of the errno
    public static long check(long result, String what) {
        if (result < 0) {
            throw new ProcessException(what + ": " + Errno.text((int) -result));
        }
        return result;
    }

    /// A null-terminated array of C strings.
    ///
    /// @throws ProcessException when one holds a zero character, which would cut it short
    static MemorySegment strings(Arena arena, List<String> values) {
        var array = arena.allocate(ADDRESS, values.size() + 1L);
        for (var i = 0; i < values.size(); i++) {
            if (values.get(i).indexOf('\0') >= 0) {
                throw new ProcessException("argument or variable " + i + ": has a zero character");
            }
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
        }
        return array;
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() ->
                        new ProcessException(
                                "the C library has no "
                                        + name
                                        + "; glibc 2.34 or later is needed"));
    }
}
