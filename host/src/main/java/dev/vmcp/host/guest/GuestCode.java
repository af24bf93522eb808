package dev.vmcp.host.guest;

/// The instructions that the tiny guest uses, by their usual names; everything is 32 bits wide.
final class GuestCode {

    static final int EAX = 0;
    static final int ECX = 1;
    static final int EDX = 2;
    static final int EBX = 3;
    static final int ESP = 4;
    static final int EBP = 5;
    static final int ESI = 6;
    static final int EDI = 7;

    final Assembler out;

    GuestCode(Assembler out) {
        this.out = out;
    }

    GuestCode label(String name) {
        out.label(name);
        return this;
    }

    GuestCode bytes(int... opcodes) {
        out.emit(opcodes);
        return this;
    }

    GuestCode move(int register, int value) {
        out.emit(0xb8 + register).word(value);
        return this;
    }

    GuestCode moveAddress(int register, String label) {
        out.emit(0xb8 + register).address(label);
        return this;
    }

    /// Writes `value` to physical memory.
    GuestCode store(int address, int value) {
        out.emit(0xc7, 0x05).word(address).word(value);
        return this;
    }

    GuestCode storeHalf(int address, int value) {
        out.emit(0x66, 0xc7, 0x05).word(address).emit(value, value >>> 8);
        return this;
    }

    GuestCode storeByte(int address, int value) {
        out.emit(0xc6, 0x05).word(address).emit(value);
        return this;
    }

    GuestCode storeRegister(int address, int register) {
        out.emit(0x89, 0x05 | register << 3).word(address);
        return this;
    }

    GuestCode load(int register, int address) {
        out.emit(0x8b, 0x05 | register << 3).word(address);
        return this;
    }

    GuestCode outByte(int port, int value) {
        move(EDX, port);
        out.emit(0xb0, value, 0xee);
        return this;
    }

    GuestCode outWord(int port, int value) {
        move(EDX, port).move(EAX, value);
        out.emit(0x66, 0xef);
        return this;
    }

    /// Reads a port into AL.
    GuestCode inByte(int port) {
        move(EDX, port);
        out.emit(0xec);
        return this;
    }

    GuestCode call(String label) {
        out.emit(0xe8).distance(label);
        return this;
    }

    GuestCode jump(String label) {
        out.emit(0xe9).distance(label);
        return this;
    }

    GuestCode jumpIfZero(String label) {
        out.emit(0x0f, 0x84).distance(label);
        return this;
    }

    GuestCode jumpIfNotZero(String label) {
        out.emit(0x0f, 0x85).distance(label);
        return this;
    }

    /// Goes to `label` when AL is `value`.
    GuestCode jumpIfByte(int value, String label) {
        out.emit(0x3c, value);
        return jumpIfZero(label);
    }

    /// Goes to `label` when the byte at `address` is not 0.
    GuestCode jumpIfSet(int address, String label) {
        out.emit(0x80, 0x3d).word(address).emit(0);
        return jumpIfNotZero(label);
    }

    GuestCode testByte(int mask) {
        out.emit(0xa8, mask);
        return this;
    }

    GuestCode disableInterrupts() {
        return bytes(0xfa);
    }

    /// Enables interrupts and halts with no gap between: a wake-up cannot be missed.
    GuestCode waitForInterrupt() {
        return bytes(0xfb, 0xf4, 0xfa);
    }

    GuestCode giveBack() {
        return bytes(0xc3);
    }
}
