// SPDX-License-Identifier: GPL-2.0
/*
 * The headers of the DDI after those of the API: here stands what Wine's windef.h, dxgiformat.h and
 * d3d9caps.h have of the same names.
 */
#include <stdint.h>

#define VOID void
typedef void *HANDLE;
typedef int HRESULT;
typedef unsigned char BYTE;
typedef unsigned int UINT, DWORD;
typedef int BOOL;
typedef unsigned long long ULONGLONG;
typedef uintptr_t ULONG_PTR, SIZE_T;

typedef struct _GUID {
	DWORD Data1;
	unsigned short Data2, Data3;
	unsigned char Data4[8];
} GUID;

#define S_OK		((HRESULT)0)
#define E_INVALIDARG	((HRESULT)0x80070057)

typedef enum DXGI_FORMAT {
	DXGI_FORMAT_UNKNOWN = 0,
	DXGI_FORMAT_NV12 = 103,
} DXGI_FORMAT;

#define D3DCPCAPS_SOFTWARE	0x00000001

typedef struct _D3DCONTENTPROTECTIONCAPS {
	DWORD Caps;
	GUID KeyExchangeType;
	UINT BufferAlignmentStart;
	UINT BlockAlignmentSize;
	ULONGLONG ProtectedMemorySize;
} D3DCONTENTPROTECTIONCAPS;

#define VPROT_D3DDDI_HAVE_WINDOWS_TYPES
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>
