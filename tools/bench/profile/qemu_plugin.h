/* SPDX-License-Identifier: MIT */
/*
 * What count.c needs of QEMU's interface for plugins, version 1. Debian has no header of it.
 */
#ifndef QEMU_PLUGIN_H
#define QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* A block of code, while it is translated. */
struct qemu_plugin_tb;

/* What a callback does with the processor's registers: nothing. */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
/* What is done without a callback. */
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

/* When a block is translated. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*func)(uint64_t id, struct qemu_plugin_tb *tb));
/* When it is executed. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*func)(unsigned int cpu, void *data),
					  enum qemu_plugin_cb_flags flags, void *data);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum qemu_plugin_op op,
					      void *ptr, uint64_t value);
/* Its instructions, and where it begins. */
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

#endif
