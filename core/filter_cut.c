/* SPDX-License-Identifier: MIT */
/* Whether a filter said no for want of bytes.
 *
 * A program of BPF answers "no" when it loads from beyond the captured bytes, and libpcap's interpreter does not tell that from
 * a real no. For a frame that was cut by the snap length the difference is one between fail and "nobody can know". So the
 * program is walked once more here, for cut frames alone, until it either ends or loads what was on the wire and not captured.
 *
 * The machine is that of McCanne and Jacobson, "The BSD Packet Filter" (1993), section 3; programs are libpcap's own and have
 * been checked by it: jumps go forward and end in a return. */
#include "filter_run.h"


struct machine {
    const struct aptrace_packet *packet;
    uint32_t a, x, memory[BPF_MEMWORDS];
};

enum loaded { LOADED, LOADED_NOTHING, LOADED_CUT };

static enum loaded load(const struct machine *machine, uint64_t offset, unsigned size, uint32_t *number)
{
    const struct aptrace_packet *packet = machine->packet;
    if (offset + size > packet->wire_length)
        return LOADED_NOTHING;
    if (offset + size > packet->capture_length)
        return LOADED_CUT;
    *number = 0;
    for (unsigned i = 0; i < size; i++)
        *number = *number << 8 | packet->bytes[offset + i];
    return LOADED;
}

static unsigned size_of(const struct bpf_insn *instruction)
{
    switch (BPF_SIZE(instruction->code)) {
    case BPF_B: return 1;
    case BPF_H: return 2;
    default: return 4;
    }
}

static enum loaded load_accumulator(struct machine *machine, const struct bpf_insn *instruction)
{
    switch (BPF_MODE(instruction->code)) {
    case BPF_ABS: return load(machine, instruction->k, size_of(instruction), &machine->a);
    case BPF_IND: return load(machine, (uint64_t)instruction->k + machine->x, size_of(instruction), &machine->a);
    case BPF_LEN: machine->a = machine->packet->wire_length; break;
    case BPF_MEM: machine->a = machine->memory[instruction->k % BPF_MEMWORDS]; break;
    default: machine->a = instruction->k; break;
    }
    return LOADED;
}

static enum loaded load_index(struct machine *machine, const struct bpf_insn *instruction)
{
    enum loaded loaded = LOADED;
    switch (BPF_MODE(instruction->code)) {
    case BPF_MSH:
        loaded = load(machine, instruction->k, 1, &machine->x);
        machine->x = (machine->x & 0xf) << 2;
        break;
    case BPF_LEN: machine->x = machine->packet->wire_length; break;
    case BPF_MEM: machine->x = machine->memory[instruction->k % BPF_MEMWORDS]; break;
    default: machine->x = instruction->k; break;
    }
    return loaded;
}

/* False where the program ends here: division by zero. */
static bool calculate(struct machine *machine, const struct bpf_insn *instruction)
{
    uint32_t operand = BPF_SRC(instruction->code) == BPF_X ? machine->x : instruction->k, *a = &machine->a;
    switch (BPF_OP(instruction->code)) {
    case BPF_ADD: *a += operand; break;
    case BPF_SUB: *a -= operand; break;
    case BPF_MUL: *a *= operand; break;
    case BPF_AND: *a &= operand; break;
    case BPF_OR: *a |= operand; break;
    case BPF_XOR: *a ^= operand; break;
    case BPF_LSH: *a = operand < 32 ? *a << operand : 0; break;
    case BPF_RSH: *a = operand < 32 ? *a >> operand : 0; break;
    case BPF_NEG: *a = 0u - *a; break;
    case BPF_DIV:
    case BPF_MOD:
        if (operand == 0)
            return false;
        *a = BPF_OP(instruction->code) == BPF_DIV ? *a / operand : *a % operand;
        break;
    default: break;
    }
    return true;
}

/* How many instructions to go past. */
static uint64_t jump(const struct machine *machine, const struct bpf_insn *instruction)
{
    uint32_t operand = BPF_SRC(instruction->code) == BPF_X ? machine->x : instruction->k;
    bool holds;
    switch (BPF_OP(instruction->code)) {
    case BPF_JA: return instruction->k;
    case BPF_JEQ: holds = machine->a == operand; break;
    case BPF_JGT: holds = machine->a > operand; break;
    case BPF_JGE: holds = machine->a >= operand; break;
    default: holds = (machine->a & operand) != 0; break;
    }
    return holds ? instruction->jt : instruction->jf;
}

/* One instruction. False where the program ends; *loaded tells whether it does for want of bytes. */
static bool step(struct machine *machine, const struct bpf_insn *instruction, uint64_t *at, enum loaded *loaded)
{
    switch (BPF_CLASS(instruction->code)) {
    case BPF_LD: *loaded = load_accumulator(machine, instruction); break;
    case BPF_LDX: *loaded = load_index(machine, instruction); break;
    case BPF_ST: machine->memory[instruction->k % BPF_MEMWORDS] = machine->a; break;
    case BPF_STX: machine->memory[instruction->k % BPF_MEMWORDS] = machine->x; break;
    case BPF_ALU: return calculate(machine, instruction);
    case BPF_JMP: *at += jump(machine, instruction); break;
    case BPF_MISC:
        if (BPF_MISCOP(instruction->code) == BPF_TAX)
            machine->x = machine->a;
        else
            machine->a = machine->x;
        break;
    default: return false; /* a return */
    }
    return *loaded == LOADED;
}

bool filter_program_is_cut(const struct bpf_program *code, const struct aptrace_packet *packet)
{
    struct machine machine = {.packet = packet};
    enum loaded loaded = LOADED;
    uint64_t at = 0;
    while (at < code->bf_len && step(&machine, &code->bf_insns[at], &at, &loaded))
        at++;
    return loaded == LOADED_CUT;
}
