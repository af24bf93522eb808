package dev.vmcp.host.guest;

/// What the boot-sector guest does from its first instruction on, where firmware leaves it: 16-bit
/// real mode, at address 0x7c00, DL names the disk.
final class BootSectorProgram {

    private static final int ORIGIN = 0x7c00;
    private static final int SERIAL = 0x3f8;

    /// Where it keeps the disk's number, the last command, and the sector that commands come in.
    private static final int DISK = 0x600;

    private static final int LAST = 0x602;
    private static final int SECTOR = 0x8000;
    private static final int SPREAD = 0x9e3779b1;

    private final Assembler out = new Assembler(ORIGIN);
    private final RealModeCode code = new RealModeCode(out);

    byte[] assemble(boolean listening) {
        start();
        if (listening) {
            code.call("read sector").loadWord(SECTOR).storeWord(LAST);
        }
        code.call("banner");
        if (listening) {
            listen();
            commands();
            ends();
            readSector();
        }
        code.label("halt").bytes(0xfa, 0xf4).jump("halt"); // cli; hlt
        printing();
        out.label("hello").text(TinyGuest.BANNER + "\0").label("newline").text("\r\n\0");
        out.label("no gates").word(0).word(0);
        return out.assemble();
    }

    private void start() {
        code.bytes(0xfa, 0xfc) // cli; cld
                .bytes(0x66, 0x31, 0xc0) // xor eax, eax
                .bytes(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0) // ds, es, ss
                .bytes(0xbc, low(ORIGIN), high(ORIGIN)) // mov sp
                .bytes(0x88, 0x16, low(DISK), high(DISK)) // mov [DISK], dl
                .outByte(SERIAL + 3, 3)
                .outByte(SERIAL + 2, 0)
                .outByte(SERIAL + 1, 0);
    }

    /// Looks at its second sector at each tick of the firmware's clock, 18 times a second. What
    /// stood there before the banner is no command.
    private void listen() {
        code.label("wait")
                .bytes(0xfb, 0xf4) // sti; hlt
                .call("read sector")
                .jumpIfCarry("wait")
                .loadWord(SECTOR)
                .bytes(0x3b, 0x06, low(LAST), high(LAST)) // cmp ax, [LAST]
                .jumpIfZero("wait")
                .storeWord(LAST);
    }

    private void commands() {
        code.jumpIfByte('P', "power off")
                .jumpIfByte('R', "reset")
                .jumpIfByte('C', "crash")
                .jumpIfByte('H', "halt")
                .jumpIfByte('F', "flood")
                .jumpIfByte('N', "say nonce")
                .jump("wait");
        code.label("say nonce").call("banner").jump("wait");
        code.label("flood").pointTo("hello").call("print").jump("flood");
    }

    private void ends() {
        code.label("power off").outWord(0x604, 0x2000).jump("halt"); // q35
        code.label("reset").outByte(0xcf9, 0x06).jump("halt"); // q35
        code.label("crash")
                .pointTo("no gates")
                .bytes(0x0f, 0x01, 0x1c, 0xcc); // lidt [si]; int3: a triple fault
    }

    private void readSector() {
        code.label("read sector")
                .bytes(0xb8, 0x01, 0x02) // mov ax: read one sector
                .bytes(0xbb, low(SECTOR), high(SECTOR)) // mov bx
                .bytes(0xb9, 0x02, 0x00) // mov cx: the second of the first track
                .bytes(0xb6, 0x00) // mov dh: the first head
                .bytes(0x8a, 0x16, low(DISK), high(DISK)) // mov dl, [DISK]
                .bytes(0xcd, 0x13) // int 0x13
                .giveBack();
    }

    private void printing() {
        code.label("banner")
                .pointTo("hello")
                .call("print")
                .bytes(0x0f, 0x31) // rdtsc
                .multiply(SPREAD)
                .bytes(0x66, 0x31, 0xd0) // xor eax, edx
                .call("print hex")
                .bytes(0x0f, 0x31)
                .multiply(SPREAD)
                .call("print hex")
                .pointTo("newline");
        code.label("print")
                .bytes(0xac, 0x84, 0xc0) // lodsb; test al, al
                .jumpIfZero("printed")
                .call("put")
                .jump("print")
                .label("printed")
                .giveBack();
        code.label("print hex") // EAX, eight digits
                .bytes(0x66, 0x89, 0xc3, 0xb9, 0x08, 0x00) // mov ebx, eax; mov cx, 8
                .label("next digit")
                .bytes(0x66, 0xc1, 0xc3, 0x04) // rol ebx, 4
                .bytes(0x88, 0xd8, 0x24, 0x0f) // mov al, bl; and al, 15
                .bytes(0x04, '0', 0x3c, '9', 0x76, 0x02) // add al, '0'; cmp al, '9'; jbe +2
                .bytes(0x04, 0x27) // add al, 'a' - '0' - 10
                .call("put")
                .bytes(0x49) // dec cx
                .jumpIfNotZero("next digit")
                .giveBack();
        code.label("put") // AL
                .bytes(0x88, 0xc4) // mov ah, al
                .label("busy")
                .inByte(SERIAL + 5)
                .bytes(0xa8, 0x20) // test al, 32
                .jumpIfZero("busy")
                .bytes(0x88, 0xe0) // mov al, ah
                .bytes(0xba, low(SERIAL), high(SERIAL), 0xee)
                .giveBack();
    }

    private static int low(int word) {
        return word & 0xff;
    }

    private static int high(int word) {
        return word >> 8;
    }
}
