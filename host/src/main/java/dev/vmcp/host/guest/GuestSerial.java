package dev.vmcp.host.guest;

import static dev.vmcp.host.guest.GuestCode.ECX;
import static dev.vmcp.host.guest.GuestCode.EDX;
import static dev.vmcp.host.guest.GuestMemory.PRINT;
import static dev.vmcp.host.guest.GuestMemory.WISHES;

/// The tiny guest's first serial port.
final class GuestSerial {

    private static final int PORT = 0x3f8;
    private static final int LINE_STATUS = PORT + 5;
    private static final int INPUT_READY = 0x01;
    private static final int OUTPUT_READY = 0x20;

    private final GuestCode code;
    private final GuestInterrupts interrupts;

    GuestSerial(GuestCode code, GuestInterrupts interrupts) {
        this.code = code;
        this.interrupts = interrupts;
    }

    /// 8 bits, no FIFO, an interrupt for each byte that comes in.
    void setUp() {
        code.outByte(PORT + 3, 3).outByte(PORT + 2, 0).outByte(PORT + 4, 0x0b).outByte(PORT + 1, 1);
    }

    void jumpIfInput(String label) {
        code.inByte(LINE_STATUS).testByte(INPUT_READY).jumpIfNotZero(label);
    }

    /// Takes a byte of input into AL.
    void take() {
        code.inByte(PORT);
    }

    void print(String label) {
        code.moveAddress(GuestCode.ESI, label).call("print text");
    }

    /// Prints a text of that length as fast as the port takes it: only its first byte waits until
    /// the port is ready.
    void pour(String label, int length) {
        code.moveAddress(GuestCode.ESI, label)
                .bytes(0xac) // lodsb
                .call("put character")
                .move(EDX, PORT)
                .move(ECX, length - 1)
                .bytes(0xf3, 0x6e); // rep outsb
    }

    /// The routines, which keep all registers but ESI.
    void place() {
        placePutCharacter();
        code.label("print text")
                .bytes(0xac) // lodsb
                .bytes(0x84, 0xc0) // test al, al
                .jumpIfZero("text printed")
                .call("put character")
                .jump("print text")
                .label("text printed")
                .giveBack();
        code.label("print hex") // EBX, eight digits
                .bytes(0x60)
                .move(ECX, 8)
                .label("next digit")
                .bytes(0xc1, 0xc3, 0x04) // rol ebx, 4
                .bytes(0x88, 0xd8, 0x24, 0x0f) // mov al, bl; and al, 15
                .bytes(0x04, '0', 0x3c, '9', 0x76, 0x02) // add al, '0'; cmp al, '9'; jbe +2
                .bytes(0x04, 0x27) // add al, 'a' - '0' - 10
                .call("put character")
                .bytes(0x49) // dec ecx
                .jumpIfNotZero("next digit")
                .bytes(0x61)
                .giveBack();
    }

    /// Prints AL. A port that stays busy is looked at again at each tick of the clock, so that a
    /// guest whose output nobody takes costs nothing.
    private void placePutCharacter() {
        code.label("put character")
                .bytes(0x60, 0x89, 0xc3) // pusha; mov ebx, eax
                .move(ECX, 1000)
                .label("busy")
                .inByte(LINE_STATUS)
                .testByte(OUTPUT_READY)
                .jumpIfNotZero("ready")
                .bytes(0xf3, 0x90, 0x49) // pause; dec ecx
                .jumpIfNotZero("busy");
        interrupts.startClock();
        code.label("stalled")
                .waitForInterrupt()
                .inByte(LINE_STATUS)
                .testByte(OUTPUT_READY)
                .jumpIfZero("stalled")
                .bytes(0xf6, 0x05) // test byte [WISHES], PRINT
                .out
                .word(WISHES)
                .emit(PRINT);
        code.jumpIfNotZero("ready");
        interrupts.stopClock();
        code.label("ready")
                .move(EDX, PORT)
                .bytes(0x89, 0xd8, 0xee) // mov eax, ebx; out dx, al
                .bytes(0x61)
                .giveBack();
    }
}
