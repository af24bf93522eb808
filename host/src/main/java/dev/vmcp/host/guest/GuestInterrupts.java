package dev.vmcp.host.guest;

import static dev.vmcp.host.guest.GuestCode.EAX;
import static dev.vmcp.host.guest.GuestCode.ECX;
import static dev.vmcp.host.guest.GuestMemory.BUTTON_PRESSED;
import static dev.vmcp.host.guest.GuestMemory.GATES;
import static dev.vmcp.host.guest.GuestMemory.TICKED;

/// The tiny guest's interrupts: serial input, a clock and ACPI's, so that it can wait in `hlt`.
///
/// It uses the I/O APIC and not the older PIC because each hypervisor has one. The local APIC's
/// clock runs at 1 GHz on KVM and on TCG.
final class GuestInterrupts {

    private static final int SERIAL_VECTOR = 0x24;
    private static final int CLOCK_VECTOR = 0x25;
    private static final int ACPI_VECTOR = 0x26;
    private static final int KEYBOARD_VECTOR = 0x27;
    private static final int SPURIOUS_VECTOR = 0x2f;

    private static final int LOCAL_APIC = 0xfee00000;
    private static final int IO_APIC = 0xfec00000;
    private static final int PERIODIC = 1 << 17;
    private static final int LEVEL = 1 << 15;
    private static final int MASKED = 1 << 16;

    /// The bit of PCI hotplug in a q35's general-purpose events.
    private static final int HOTPLUG = 2;

    private static final int FIRST_OTHER_PIN = 5;
    private static final int PINS = 24;
    private static final int TICK_NANOS = 100_000_000;

    private final GuestCode code;

    GuestInterrupts(GuestCode code) {
        this.code = code;
    }

    /// Sets everything up, but leaves interrupts disabled.
    void setUp() {
        code.outByte(0x21, 0xff).outByte(0xa1, 0xff);
        gate(SERIAL_VECTOR, "on serial");
        gate(CLOCK_VECTOR, "on clock");
        gate(ACPI_VECTOR, "on acpi");
        gate(KEYBOARD_VECTOR, "on keyboard");
        gate(SPURIOUS_VECTOR, "on nothing");
        code.bytes(0x0f, 0x01, 0x1d).out.address("gates"); // lidt
        code.store(LOCAL_APIC + 0xf0, 0x100 | SPURIOUS_VECTOR)
                .store(LOCAL_APIC + 0x80, 0)
                .store(LOCAL_APIC + 0x350, MASKED)
                .store(LOCAL_APIC + 0x3e0, 0xb)
                .store(LOCAL_APIC + 0x320, PERIODIC | CLOCK_VECTOR);
        route(1, KEYBOARD_VECTOR);
        route(4, SERIAL_VECTOR);
        route(9, LEVEL | ACPI_VECTOR);
        code.outByte(0x628, HOTPLUG); // q35: a device that is to go raises an interrupt
        watchButton();
    }

    /// On a q35 the power button raises an interrupt, once.
    void watchButton() {
        code.outWord(0x602, 0x100);
    }

    /// Every pin that nobody else uses raises ACPI's interrupt: which one a VMM takes is told only
    /// in its tables.
    void routeOthers() {
        code.move(ECX, 0x10 + 2 * FIRST_OTHER_PIN)
                .label("pin")
                .storeRegister(IO_APIC, ECX)
                .store(IO_APIC + 0x10, ACPI_VECTOR)
                .bytes(0x83, 0xc1, 0x02) // add ecx, 2
                .bytes(0x83, 0xf9, 0x10 + 2 * PINS) // cmp ecx
                .jumpIfNotZero("pin");
    }

    void startClock() {
        code.store(LOCAL_APIC + 0x380, TICK_NANOS);
    }

    void stopClock() {
        code.store(LOCAL_APIC + 0x380, 0);
    }

    /// The handlers and the tables that [#setUp] names.
    void place() {
        code.label("on clock").storeByte(TICKED, 1).label("on serial").label("on keyboard");
        end();
        code.label("on acpi").bytes(0x60).outWord(0x602, 0).outByte(0x620, HOTPLUG).bytes(0x61);
        code.storeByte(BUTTON_PRESSED, 1);
        end();
        code.label("on nothing");
        goBack();
        code.out.align(4).label("gates").emit(0x7f, 0x01).word(GATES);
        code.out.align(4).label("no gates").word(0).word(0);
    }

    private void end() {
        code.store(LOCAL_APIC + 0xb0, 0);
        goBack();
    }

    /// Returns behind the `hlt`, the only place where interrupts are enabled, with interrupts
    /// disabled. An `iret` would do, but a KVM that interprets guests without paging lacks it.
    private void goBack() {
        code.bytes(0xc2, 0x08, 0x00); // ret 8
    }

    private void gate(int vector, String handler) {
        var at = GATES + 8 * vector;
        code.moveAddress(EAX, handler)
                .storeRegister(at, EAX)
                .storeRegister(at + 4, EAX)
                .storeHalf(at + 2, 0x08)
                .storeHalf(at + 4, 0x8e00);
    }

    private void route(int pin, int entry) {
        code.store(IO_APIC, 0x11 + 2 * pin)
                .store(IO_APIC + 0x10, 0)
                .store(IO_APIC, 0x10 + 2 * pin)
                .store(IO_APIC + 0x10, entry);
    }
}
