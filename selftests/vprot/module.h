/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking the driver's module out of the kernel and putting it in again, for which nobody may have
 * the device open, its parameters while it is in, its firmware, and taking the driver off its
 * device. Needs root.
 */
#ifndef MODULE_H
#define MODULE_H

/** vt_module_remove() - rmmod; 0 or a negative errno */
int vt_module_remove(void);
/** vt_module_open() - a file descriptor of the module, built for the kernel that is running */
int vt_module_open(void);
/** vt_module_insert() - insmod of the module in the build folder; 0 or a negative errno */
int vt_module_insert(const char *parameters);
/** vt_module_users() - how many users a module has; 0 when there is none, or it is built in */
int vt_module_users(const char *name);
/** vt_ciphers_in_use() - a number that changes with that of the driver's instances of its cipher */
int vt_ciphers_in_use(void);
/** vt_timing_insert() - insmod of the module that counts; what a test takes for granted */
void vt_timing_insert(void);
/** vt_module_reload() - with these parameters; what a test takes for granted */
void vt_module_reload(const char *parameters);
/** vt_parameter() - the value of a parameter; what a test takes for granted */
unsigned int vt_parameter(const char *name);
/** vt_set_parameter() - give it another value; what a test takes for granted */
void vt_set_parameter(const char *name, unsigned int value);
/**
 * vt_caps_off() - switch caps off, for AES128_CTR and for AES128_CBCS, and on again with 0; what a
 * test takes for granted
 */
void vt_caps_off(unsigned int ctr, unsigned int cbcs);
/** vt_write_file() - write a text to a file of the kernel; what a test takes for granted */
void vt_write_file(const char *path, const char *text);
/** vt_firmware_hide() - let the kernel find no firmware; what a test takes for granted */
void vt_firmware_hide(void);
/** vt_firmware_restore() - let it find what it found when the program began */
void vt_firmware_restore(void);
/** vt_driver_unbind() - take the driver off its device; 0 or a negative errno */
int vt_driver_unbind(void);
/** vt_driver_bind() - put it on again; 0 or a negative errno */
int vt_driver_bind(void);

#endif
