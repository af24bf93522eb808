package dev.vmcp.host.guest;

/// The instructions that the boot-sector guest uses, in 16-bit real mode. Jumps, calls and
/// addresses are 32 bits wide by prefix, so that the assembler's references serve here, too.
final class RealModeCode {

    private static final int WIDE = 0x66;

    final Assembler out;

    RealModeCode(Assembler out) {
        this.out = out;
    }

    RealModeCode label(String name) {
        out.label(name);
        return this;
    }

    RealModeCode bytes(int... opcodes) {
        out.emit(opcodes);
        return this;
    }

    /// SI = the address of a label.
    RealModeCode pointTo(String label) {
        out.emit(WIDE, 0xbe).address(label);
        return this;
    }

    RealModeCode outByte(int port, int value) {
        out.emit(0xba, port, port >>> 8, 0xb0, value, 0xee);
        return this;
    }

    RealModeCode outWord(int port, int value) {
        out.emit(0xba, port, port >>> 8, 0xb8, value, value >>> 8, 0xef);
        return this;
    }

    /// Reads a port into AL.
    RealModeCode inByte(int port) {
        out.emit(0xba, port, port >>> 8, 0xec);
        return this;
    }

    RealModeCode loadWord(int address) {
        out.emit(0xa1, address, address >>> 8);
        return this;
    }

    RealModeCode storeWord(int address) {
        out.emit(0xa3, address, address >>> 8);
        return this;
    }

    /// EAX = EAX times `factor`, cut to 32 bits.
    RealModeCode multiply(int factor) {
        out.emit(WIDE, 0x69, 0xc0).word(factor);
        return this;
    }

    RealModeCode call(String label) {
        out.emit(WIDE, 0xe8).distance(label);
        return this;
    }

    RealModeCode giveBack() {
        return bytes(WIDE, 0xc3);
    }

    RealModeCode jump(String label) {
        out.emit(WIDE, 0xe9).distance(label);
        return this;
    }

    RealModeCode jumpIfZero(String label) {
        out.emit(WIDE, 0x0f, 0x84).distance(label);
        return this;
    }

    RealModeCode jumpIfNotZero(String label) {
        out.emit(WIDE, 0x0f, 0x85).distance(label);
        return this;
    }

    RealModeCode jumpIfCarry(String label) {
        out.emit(WIDE, 0x0f, 0x82).distance(label);
        return this;
    }

    /// Goes to `label` when AL is `value`.
    RealModeCode jumpIfByte(int value, String label) {
        out.emit(0x3c, value);
        return jumpIfZero(label);
    }
}
