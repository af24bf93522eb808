package dev.vmcp.host.guest;

import static dev.vmcp.host.guest.GuestCode.EAX;
import static dev.vmcp.host.guest.GuestCode.EBX;
import static dev.vmcp.host.guest.GuestCode.ECX;
import static dev.vmcp.host.guest.GuestCode.ESI;
import static dev.vmcp.host.guest.GuestMemory.EVENTS_AT;
import static dev.vmcp.host.guest.GuestMemory.PAGES;
import static dev.vmcp.host.guest.GuestMemory.PCI_AT;
import static dev.vmcp.host.guest.GuestMemory.RSDP;

/// The tiny guest's part in Cloud Hypervisor's ACPI events: the power button, and PCI devices that
/// are to go.
///
/// That VMM has no fixed registers for them. They lie above 4 GiB, at addresses that only its DSDT
/// names: `GDST` says which event came, `PCST` which devices are meant (devices/src/acpi.rs and
/// vmm/src/device_manager.rs of v53.0). A DSDT without them is one of another VMM.
final class GuestAcpi {

    private static final int POWER_BUTTON = 8;
    private static final int PCI_CHANGED = 4;

    /// The tables of the lower levels, and the second page of 2 MiB, where the registers are seen.
    private static final int POINTERS = PAGES + 0x1000;

    private static final int DIRECTORY = PAGES + 0x2000;

    private static final int WINDOW = 0x200000;

    private final GuestCode code;
    private final GuestInterrupts interrupts;

    GuestAcpi(GuestCode code, GuestInterrupts interrupts) {
        this.code = code;
        this.interrupts = interrupts;
    }

    /// With EBX at PVH's start information.
    void keepTables() {
        code.bytes(0x8b, 0x43, 0x20).storeRegister(RSDP, EAX); // mov eax, [ebx + 32]
    }

    /// Finds the registers, if there are any, and has their events raise an interrupt.
    void setUp() {
        code.store(EVENTS_AT, 0)
                .store(PCI_AT, 0)
                .call("find registers")
                .load(EAX, EVENTS_AT)
                .bytes(0x85, 0xc0) // test eax, eax
                .jumpIfZero("no registers");
        interrupts.routeOthers();
        code.label("no registers");
    }

    /// Does what the events ask for that came; jumps to `powerOff` for the power button.
    void obey(String powerOff) {
        code.load(EAX, EVENTS_AT)
                .bytes(0x85, 0xc0) // test eax, eax
                .jumpIfZero("no events")
                .move(EBX, EVENTS_AT)
                .call("open window")
                .bytes(0x8a, 0x0e) // mov cl, [esi]
                .call("close window")
                .bytes(0xf6, 0xc1, POWER_BUTTON) // test cl, POWER_BUTTON
                .jumpIfNotZero(powerOff)
                .bytes(0xf6, 0xc1, PCI_CHANGED)
                .jumpIfZero("no events")
                .move(EBX, PCI_AT)
                .call("open window")
                .bytes(0xc7, 0x46, 0x0c) // mov dword [esi + 12], 0: the segment
                .out
                .word(0);
        code.bytes(0x8b, 0x46, 0x04) // mov eax, [esi + 4]: what is to go
                .bytes(0x89, 0x46, 0x08) // mov [esi + 8], eax: is let go
                .call("close window")
                .label("no events");
    }

    /// The routines that [#setUp] and [#obey] call.
    void place() {
        findTable();
        findRegisters();
        window();
    }

    private void findTable() {
        code.label("find registers")
                .load(ESI, RSDP)
                .bytes(0x85, 0xf6) // test esi, esi
                .jumpIfZero("searched")
                .bytes(0x8b, 0x76, 0x18) // mov esi, [esi + 24]: the XSDT
                .bytes(0x85, 0xf6)
                .jumpIfZero("searched")
                .bytes(0x8b, 0x4e, 0x04) // mov ecx, [esi + 4]: its length
                .bytes(0x83, 0xe9, 0x24) // sub ecx, 36
                .bytes(0xc1, 0xe9, 0x03) // shr ecx, 3
                .jumpIfZero("searched")
                .label("table")
                .bytes(0x8b, 0x7c, 0xce, 0x1c) // mov edi, [esi + 8 * ecx + 28]
                .bytes(0x81, 0x3f, 'F', 'A', 'C', 'P') // cmp dword [edi]
                .jumpIfZero("fadt")
                .bytes(0x49) // dec ecx
                .jumpIfNotZero("table")
                .label("searched")
                .giveBack();
    }

    private void findRegisters() {
        code.label("fadt")
                .bytes(0x8b, 0xb7, 0x8c, 0, 0, 0) // mov esi, [edi + 140]: the DSDT
                .bytes(0x85, 0xf6) // test esi, esi
                .jumpIfZero("searched")
                .bytes(0x8b, 0x4e, 0x04) // mov ecx, [esi + 4]: its length
                .label("aml")
                .bytes(0x46) // inc esi
                .move(EBX, EVENTS_AT)
                .bytes(0x81, 0x3e, 'G', 'D', 'S', 'T') // cmp dword [esi]
                .jumpIfZero("region")
                .move(EBX, PCI_AT)
                .bytes(0x81, 0x3e, 'P', 'C', 'S', 'T')
                .jumpIfZero("region")
                .label("next aml")
                .bytes(0x49) // dec ecx
                .jumpIfNotZero("aml")
                .jump("searched")
                .label("region")
                .bytes(0x66, 0x81, 0x7e, 0x04, 0x00, 0x0e) // cmp word [esi + 4]: memory, 64 bits
                .jumpIfNotZero("next aml")
                .bytes(0x8b, 0x46, 0x06, 0x89, 0x03) // mov eax, [esi + 6]; mov [ebx], eax
                .bytes(0x8b, 0x46, 0x0a, 0x89, 0x43, 0x04) // the same of the upper half
                .jump("next aml");
    }

    /// ESI points at the address that EBX points at. In the compatibility mode of long mode, where
    /// the code is the same and page tables have 64 bits; PAE would do, but a KVM that interprets
    /// guests without paging has no other paging than that of long mode.
    private void window() {
        code.label("open window")
                .bytes(0x8b, 0x03) // mov eax, [ebx]
                .bytes(0x89, 0xc6, 0x81, 0xe6) // mov esi, eax; and esi, WINDOW - 1
                .out
                .word(WINDOW - 1)
                .emit(0x81, 0xce) // or esi, WINDOW
                .word(WINDOW)
                .emit(0x25) // and eax, -WINDOW
                .word(-WINDOW)
                .emit(0x0d) // or eax: present, writable, not cached, 2 MiB
                .word(0x93);
        code.storeRegister(DIRECTORY + 8, EAX)
                .bytes(0x8b, 0x43, 0x04) // mov eax, [ebx + 4]
                .storeRegister(DIRECTORY + 12, EAX);
        entry(DIRECTORY, 0x83);
        entry(POINTERS, DIRECTORY | 3);
        entry(PAGES, POINTERS | 3);
        code.move(EAX, PAGES)
                .bytes(0x0f, 0x22, 0xd8) // mov cr3, eax
                .bytes(0x0f, 0x20, 0xe0, 0x83, 0xc8, 0x20, 0x0f, 0x22, 0xe0) // cr4 |= PAE
                .move(ECX, 0xc0000080)
                .bytes(0x0f, 0x32, 0x0d, 0, 1, 0, 0, 0x0f, 0x30) // EFER |= LME
                .bytes(0x0f, 0x20, 0xc0, 0x0d, 0, 0, 0, 0x80, 0x0f, 0x22, 0xc0) // cr0 |= PG
                .giveBack()
                .label("close window")
                .bytes(0x0f, 0x20, 0xc0, 0x25, 0xff, 0xff, 0xff, 0x7f, 0x0f, 0x22, 0xc0)
                .giveBack();
    }

    private void entry(int at, int value) {
        code.store(at, value).store(at + 4, 0);
    }
}
