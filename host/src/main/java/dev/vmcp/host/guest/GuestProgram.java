package dev.vmcp.host.guest;

import static dev.vmcp.host.guest.GuestCode.EAX;
import static dev.vmcp.host.guest.GuestCode.EBX;
import static dev.vmcp.host.guest.GuestCode.ECX;
import static dev.vmcp.host.guest.GuestCode.EDX;
import static dev.vmcp.host.guest.GuestCode.ESI;
import static dev.vmcp.host.guest.GuestCode.ESP;
import static dev.vmcp.host.guest.GuestMemory.BOOTS;
import static dev.vmcp.host.guest.GuestMemory.BUTTON_PRESSED;
import static dev.vmcp.host.guest.GuestMemory.LINES;
import static dev.vmcp.host.guest.GuestMemory.LISTEN;
import static dev.vmcp.host.guest.GuestMemory.NONCE_HIGH;
import static dev.vmcp.host.guest.GuestMemory.NONCE_LOW;
import static dev.vmcp.host.guest.GuestMemory.PRINT;
import static dev.vmcp.host.guest.GuestMemory.STACK;
import static dev.vmcp.host.guest.GuestMemory.TICKED;
import static dev.vmcp.host.guest.GuestMemory.WISHES;

/// What the tiny guest does, from its first instruction on.
///
/// It starts as PVH asks: 32-bit protected mode, no paging, EBX points at the start information.
final class GuestProgram {

    /// The microvm's power register of QEMU, and the register that says which ACPI event came.
    private static final int MICROVM_POWER = 0xfea00200;

    private static final int MICROVM_EVENT = 0xfea00000;

    /// The second byte of that key as Firecracker sends it; no other key that it sends has it.
    private static final int DELETE = 0x71;

    /// Where a q35 is told of PCI devices that come and go.
    private static final int HOTPLUG_PORT = 0xcc0;

    private static final int HOTPLUG_BUSES = 16;
    private static final int PVPANIC = 0x505;
    private static final int SPREAD = 0x9e3779b1;
    private static final String FLOOD_LINE = "0123456789abcdefghijklmnopqrstuvwxyz flood\r\n";

    private final Assembler out = new Assembler(GuestMemory.ORIGIN);
    private final GuestCode code = new GuestCode(out);
    private final GuestInterrupts interrupts = new GuestInterrupts(code);
    private final GuestSerial serial = new GuestSerial(code, interrupts);
    private final GuestAcpi acpi = new GuestAcpi(code, interrupts);

    byte[] assemble() {
        start();
        mainLoop();
        keys();
        ends();
        findArgument();
        serial.place();
        interrupts.place();
        acpi.place();
        data();
        return out.assemble();
    }

    private void start() {
        code.disableInterrupts()
                .bytes(0xfc) // cld
                .move(ESP, STACK)
                .bytes(0x8b, 0x7b, 0x18) // mov edi, [ebx + 24]: the kernel arguments
                .bytes(0x0f, 0x01, 0x15) // lgdt
                .out
                .address("segments")
                .emit(0xea) // jmp far
                .address("flat")
                .emit(0x08, 0x00);
        code.label("flat")
                .move(EAX, 0x10)
                .bytes(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0) // ds, es, ss
                .store(WISHES, 0)
                .store(LINES, 0)
                .store(TICKED, 0);
        acpi.keepTables();
        serial.setUp();
        interrupts.setUp();
        nonce();
        code.move(EBX, LISTEN).moveAddress(ESI, "listen").call("find argument");
        code.move(EBX, PRINT).moveAddress(ESI, "print").call("find argument");
        code.call("banner").load(EAX, WISHES).testByte(LISTEN | PRINT).jumpIfZero("halt");
        acpi.setUp();
        code.load(EAX, WISHES).testByte(PRINT).jumpIfZero("main");
        interrupts.startClock();
    }

    /// From the time stamp counter and the count of boots, which tells resets apart.
    private void nonce() {
        code.load(ECX, BOOTS)
                .bytes(0x41) // inc ecx
                .storeRegister(BOOTS, ECX)
                .bytes(0x69, 0xc9) // imul ecx, ecx, SPREAD
                .out
                .word(SPREAD);
        code.bytes(0x0f, 0x31, 0x69, 0xc0).out.word(SPREAD); // rdtsc; imul eax, eax, SPREAD
        code.storeRegister(NONCE_LOW, EAX)
                .bytes(0x31, 0xca) // xor edx, ecx
                .bytes(0x31, 0xc2) // xor edx, eax
                .storeRegister(NONCE_HIGH, EDX);
    }

    private void mainLoop() {
        code.label("main")
                .inByte(0x64)
                .testByte(1) // the keyboard has something
                .jumpIfNotZero("keyboard")
                .label("looked at keyboard")
                .jumpIfSet(BUTTON_PRESSED, "button")
                .jumpIfSet(TICKED, "tick")
                .load(EAX, WISHES)
                .testByte(LISTEN)
                .jumpIfZero("wait");
        serial.jumpIfInput("key");
        code.label("wait").waitForInterrupt().jump("main");
        code.label("tick")
                .storeByte(TICKED, 0)
                .load(EAX, WISHES)
                .testByte(PRINT)
                .jumpIfZero("main")
                .load(EBX, LINES)
                .bytes(0x43) // inc ebx
                .storeRegister(LINES, EBX);
        serial.print("line");
        code.call("print hex");
        serial.print("newline");
        code.jump("main");
        code.label("keyboard")
                .inByte(0x60)
                .jumpIfByte(DELETE, "reset") // the last of Ctrl-Alt-Del
                .jump("looked at keyboard");
        code.label("button").storeByte(BUTTON_PRESSED, 0);
        acpi.obey("power off");
        code.move(EDX, 0x600)
                .bytes(0x66, 0xed) // in ax, dx
                .bytes(0x66, 0x3d, 0xff, 0xff) // cmp ax, 0xffff: not there
                .jumpIfZero("microvm button")
                .bytes(0xf6, 0xc4, 0x01) // test ah, 1
                .jumpIfNotZero("power off")
                .label("microvm button")
                .load(EAX, MICROVM_EVENT)
                .jumpIfByte(2, "power off");
        letGo();
        interrupts.watchButton();
        code.jump("main");
    }

    /// Ejects each device that a q35 wants back: of each bus that takes devices, those whose bits
    /// are set.
    private void letGo() {
        code.move(ECX, HOTPLUG_BUSES)
                .label("bus")
                .bytes(0x49) // dec ecx
                .move(EDX, HOTPLUG_PORT + 0x10)
                .bytes(0x89, 0xc8, 0xef) // mov eax, ecx; out dx, eax: this bus
                .move(EDX, HOTPLUG_PORT + 4)
                .bytes(0xed) // in eax, dx: what is to go
                .bytes(0x8d, 0x58, 0x01, 0x83, 0xfb, 0x01) // lea ebx, [eax + 1]; cmp ebx, 1
                .bytes(0x76, 0x06) // jbe +6: nothing, or no such port
                .move(EDX, HOTPLUG_PORT + 8)
                .bytes(0xef) // out dx, eax
                .bytes(0x85, 0xc9) // test ecx, ecx
                .jumpIfNotZero("bus");
    }

    private void keys() {
        code.label("key");
        serial.take();
        code.jumpIfByte('N', "say nonce")
                .jumpIfByte('Z', "other nonce")
                .jumpIfByte('R', "reset")
                .jumpIfByte('P', "power off")
                .jumpIfByte('C', "crash")
                .jumpIfByte('H', "hang")
                .jumpIfByte('F', "flood")
                .jumpIfByte('\r', "enter")
                .jumpIfByte('\n', "enter")
                .call("put character")
                .jump("main");
        code.label("other nonce");
        nonce();
        code.label("say nonce").call("banner").jump("main");
        code.label("enter");
        serial.print("newline");
        code.jump("main");
        code.label("hang");
        serial.print("hanging");
        code.jump("halt");
        code.label("flood");
        serial.pour("flood line", FLOOD_LINE.length());
        serial.jumpIfInput("flood ends");
        code.jump("flood");
        code.label("flood ends");
        serial.take();
        code.jump("main");
        code.label("banner");
        serial.print("hello");
        code.load(EBX, NONCE_HIGH).call("print hex").load(EBX, NONCE_LOW).call("print hex");
        serial.print("newline");
        code.giveBack();
    }

    /// Each machine's way is tried in turn; the others take no harm from it. Between two of them is
    /// time for the first to work.
    private void ends() {
        code.label("power off")
                .outByte(0x600, 0x34) // Cloud Hypervisor
                .outWord(0x604, 0x2000) // q35
                .storeByte(MICROVM_POWER, 0x34)
                .jump("halt");
        code.label("reset")
                .storeByte(MICROVM_POWER + 2, 0x42)
                .call("wait a little")
                .outByte(0xcf9, 0x06) // q35
                .call("wait a little")
                .outByte(0x64, 0xfe) // the keyboard controller's: Firecracker, Cloud Hypervisor
                .jump("halt");
        code.label("crash")
                .inByte(PVPANIC)
                .jumpIfByte(0xff, "triple fault")
                .testByte(1)
                .jumpIfZero("triple fault")
                .outByte(PVPANIC, 1)
                .jump("halt")
                .label("triple fault")
                .bytes(0x0f, 0x01, 0x1d) // lidt
                .out
                .address("no gates")
                .emit(0xcc); // int3
        code.label("halt").disableInterrupts().bytes(0xf4).jump("halt");
        code.label("wait a little")
                .move(ECX, 2000)
                .label("waiting")
                .inByte(0x80)
                .bytes(0x49) // dec ecx
                .jumpIfNotZero("waiting")
                .giveBack();
    }

    /// Adds EBX to the wishes when the text at ESI stands somewhere in the text at EDI.
    private void findArgument() {
        code.label("find argument")
                .bytes(0x60, 0x85, 0xff) // pusha; test edi, edi
                .jumpIfZero("search ends")
                .label("search")
                .bytes(0x80, 0x3f, 0x00) // cmp byte [edi], 0
                .jumpIfZero("search ends")
                .bytes(0x56, 0x57) // push esi; push edi
                .label("compare")
                .bytes(0x8a, 0x06, 0x84, 0xc0) // mov al, [esi]; test al, al
                .jumpIfZero("found")
                .bytes(0x3a, 0x07, 0x75, 0x04) // cmp al, [edi]; jne +4
                .bytes(0x46, 0x47, 0xeb, 0xee) // inc esi; inc edi; jmp compare
                .bytes(0x5f, 0x5e, 0x47) // pop edi; pop esi; inc edi
                .jump("search")
                .label("found")
                .bytes(0x5f, 0x5e, 0x09, 0x1d) // pop edi; pop esi; or [WISHES], ebx
                .out
                .word(WISHES);
        code.label("search ends").bytes(0x61).giveBack();
    }

    private void data() {
        out.align(8).label("segments table").word(0).word(0);
        out.word(0x0000ffff).word(0x00cf9b00).word(0x0000ffff).word(0x00cf9300);
        out.label("segments").emit(0x17, 0x00).address("segments table");
        out.label("listen").text("vmcp.listen\0").label("print").text("vmcp.print\0");
        out.label("hello").text("vmcp tiny guest nonce=\0");
        out.label("line").text("vmcp line \0").label("newline").text("\r\n\0");
        out.label("hanging").text("vmcp hangs\r\n\0");
        out.label("flood line").text(FLOOD_LINE);
    }
}
