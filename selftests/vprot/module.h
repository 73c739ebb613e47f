/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking the driver's module out of the kernel and putting it in again. Needs root, and that nobody
 * has the device open.
 */
#ifndef MODULE_H
#define MODULE_H

/** vt_module_remove() - rmmod; 0 or a negative errno */
int vt_module_remove(void);
/** vt_module_insert() - insmod of the module in the build folder; 0 or a negative errno */
int vt_module_insert(const char *parameters);
/** vt_module_reload() - with these parameters; what a test takes for granted */
void vt_module_reload(const char *parameters);

#endif
