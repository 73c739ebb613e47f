/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D11.1 user-mode driver interface (d3d10umddi.h),
 * under its own names: messages of the authenticated channel.
 *
 * An OMAC covers all that follows it in its message, padding included. In memory messages are those
 * of D3D9: as on 64-bit x86, for programs of 32 bits as well.
 */
#ifndef VPROT_D3D11DDI_CHANNEL_TYPES_H
#define VPROT_D3D11DDI_CHANNEL_TYPES_H

#include "vprot_d3dddi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Windows aligns 64 bits to 8 bytes on 32-bit x86, too; this interface is not packed, as D3D9's
 * caps are.
 */
typedef uint64_t VPROT_D3D11DDI_UINT64 __attribute__((aligned(8)));

/* A handle in a message: 64 bits everywhere. */
#if UINTPTR_MAX == UINT64_MAX
typedef HANDLE VPROT_D3D11DDI_HANDLE;
#else
typedef VPROT_D3D11DDI_UINT64 VPROT_D3D11DDI_HANDLE;
#endif

/* Bytes in an OMAC. */
#ifndef D3D_OMAC_SIZE
#define D3D_OMAC_SIZE	16
#endif

typedef enum D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE {
	D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE = 2,
	D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_HARDWARE = 3,
} D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE;

typedef enum D3D11_1DDI_AUTHENTICATED_PROCESS_IDENTIFIER_TYPE {
	D3D11_1DDI_PROCESSIDTYPE_UNKNOWN = 0,
	D3D11_1DDI_PROCESSIDTYPE_DWM = 1,
	D3D11_1DDI_PROCESSIDTYPE_HANDLE = 2,
} D3D11_1DDI_AUTHENTICATED_PROCESS_IDENTIFIER_TYPE;

/* One bus type, and a modifier; with one, MODIFIER_NON_STANDARD is set as well. */
typedef enum D3D11_1DDI_BUS_TYPE {
	D3D11_1DDI_BUS_TYPE_OTHER = 0x00000000,
	D3D11_1DDI_BUS_TYPE_PCI = 0x00000001,
	D3D11_1DDI_BUS_TYPE_PCIX = 0x00000002,
	D3D11_1DDI_BUS_TYPE_PCIEXPRESS = 0x00000003,
	D3D11_1DDI_BUS_TYPE_AGP = 0x00000004,
	D3D11_1DDI_BUS_IMPL_MODIFIER_INSIDE_OF_CHIPSET = 0x00010000,
	D3D11_1DDI_BUS_IMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_CHIP = 0x00020000,
	D3D11_1DDI_BUS_IMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_SOCKET = 0x00030000,
	D3D11_1DDI_BUS_IMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR = 0x00040000,
	D3D11_1DDI_BUS_IMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR_INSIDE_OF_NUAE = 0x00050000,
	D3D11_1DDI_BUS_IMPL_MODIFIER_NON_STANDARD = -0x7fffffff - 1,
} D3D11_1DDI_BUS_TYPE;

/**
 * struct D3D11_1DDI_OMAC - a message's authentication code: AES-CMAC
 * @Omac: the code
 */
typedef struct D3D11_1DDI_OMAC {
	BYTE Omac[D3D_OMAC_SIZE];
} D3D11_1DDI_OMAC;

/**
 * struct D3D11_1DDI_AUTHENTICATED_PROTECTION_FLAGS - how contents are protected
 * @ProtectionEnabled: they are
 * @OverlayOrFullscreenRequired: they are shown by an overlay or on the full screen only
 * @Reserved: 0
 * @Value: all of them
 */
typedef struct D3D11_1DDI_AUTHENTICATED_PROTECTION_FLAGS {
	union {
		struct {
			UINT ProtectionEnabled : 1;
			UINT OverlayOrFullscreenRequired : 1;
			UINT Reserved : 30;
		};
		UINT Value;
	};
} D3D11_1DDI_AUTHENTICATED_PROTECTION_FLAGS;

/*
 * Orders
 */

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT - what every order begins with
 * @omac: the code of what follows
 * @ConfigureType: which order
 * @hChannel: the channel
 * @SequenceNumber: its number, greater than that of the last order
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT {
	D3D11_1DDI_OMAC omac;
	GUID ConfigureType;
	VPROT_D3D11DDI_HANDLE hChannel;
	UINT SequenceNumber;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT - the answer to an order
 * @omac: the code of what follows
 * @ConfigureType: which order
 * @hChannel: the channel
 * @SequenceNumber: its number
 * @ReturnCode: its result
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT {
	D3D11_1DDI_OMAC omac;
	GUID ConfigureType;
	VPROT_D3D11DDI_HANDLE hChannel;
	UINT SequenceNumber;
	HRESULT ReturnCode;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_INITIALIZE - begin to count
 * @Parameters: the header
 * @StartSequenceQuery: the number of the first question
 * @StartSequenceConfigure: the number that those of orders follow
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_INITIALIZE {
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT Parameters;
	UINT StartSequenceQuery;
	UINT StartSequenceConfigure;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_INITIALIZE, D3D11_DDI_AUTHENTICATED_CONFIGURE_INITIALIZE;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION - protect contents, or do so no more
 * @Parameters: the header
 * @Protections: how
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION {
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT Parameters;
	D3D11_1DDI_AUTHENTICATED_PROTECTION_FLAGS Protections;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_PROTECTION;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_CRYPTO_SESSION - a decoder works with a crypto session
 * @Parameters: the header
 * @DecodeHandle: a decoder
 * @CryptoSessionHandle: a crypto session
 * @DeviceHandle: a device
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_CRYPTO_SESSION {
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT Parameters;
	VPROT_D3D11DDI_HANDLE DecodeHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_CRYPTO_SESSION;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_SHARED_RESOURCE - allow a process to use shared
 * resources, or do so no more
 * @Parameters: the header
 * @ProcessType: what names the process
 * @ProcessHandle: the process, for HANDLE
 * @AllowAccess: 1 to allow it
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_SHARED_RESOURCE {
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT Parameters;
	D3D11_1DDI_AUTHENTICATED_PROCESS_IDENTIFIER_TYPE ProcessType;
	VPROT_D3D11DDI_HANDLE ProcessHandle;
	BOOL AllowAccess;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_SHARED_RESOURCE;

/**
 * struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_ACCESSIBLE_ENCRYPTION - encrypt what others can reach
 * @Parameters: the header
 * @EncryptionGuid: how
 */
typedef struct D3D11_1DDI_AUTHENTICATED_CONFIGURE_ACCESSIBLE_ENCRYPTION {
	D3D11_1DDI_AUTHENTICATED_CONFIGURE_INPUT Parameters;
	GUID EncryptionGuid;
} D3D11_1DDI_AUTHENTICATED_CONFIGURE_ACCESSIBLE_ENCRYPTION;

/*
 * Questions
 */

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_INPUT - what every question begins with
 * @QueryType: which question
 * @hChannel: the channel
 * @SequenceNumber: its number, greater than that of the last question
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_INPUT {
	GUID QueryType;
	VPROT_D3D11DDI_HANDLE hChannel;
	UINT SequenceNumber;
} D3D11_1DDI_AUTHENTICATED_QUERY_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT - what every answer begins with
 * @omac: the code of what follows, to the end of the answer
 * @QueryType: which question
 * @hChannel: the channel
 * @SequenceNumber: its number
 * @ReturnCode: its result
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT {
	D3D11_1DDI_OMAC omac;
	GUID QueryType;
	VPROT_D3D11DDI_HANDLE hChannel;
	UINT SequenceNumber;
	HRESULT ReturnCode;
} D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_PROTECTION_OUTPUT - how contents are protected
 * @Output: the header
 * @ProtectionFlags: how
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_PROTECTION_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	D3D11_1DDI_AUTHENTICATED_PROTECTION_FLAGS ProtectionFlags;
} D3D11_1DDI_AUTHENTICATED_QUERY_PROTECTION_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT - what kind of channel it is
 * @Output: the header
 * @ChannelType: its type
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE ChannelType;
} D3D11_1DDI_AUTHENTICATED_QUERY_CHANNEL_TYPE_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_DEVICE_HANDLE_OUTPUT - which device it is
 * @Output: the header
 * @DeviceHandle: a device
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_DEVICE_HANDLE_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
} D3D11_1DDI_AUTHENTICATED_QUERY_DEVICE_HANDLE_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_INPUT - which session a decoder works with
 * @Input: the header
 * @DecodeHandle: a decoder
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_INPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT Input;
	VPROT_D3D11DDI_HANDLE DecodeHandle;
} D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_OUTPUT - the session that a decoder works
 * with
 * @Output: the header
 * @DecodeHandle: a decoder
 * @CryptoSessionHandle: a crypto session
 * @DeviceHandle: a device
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	VPROT_D3D11DDI_HANDLE DecodeHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
} D3D11_1DDI_AUTHENTICATED_QUERY_CRYPTO_SESSION_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_COUNT_OUTPUT - processes
 * that may use shared resources
 * @Output: the header
 * @RestrictedSharedResourceProcessCount: how many
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_COUNT_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	UINT RestrictedSharedResourceProcessCount;
} D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_COUNT_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_INPUT - which process
 * may use shared resources
 * @Input: the header
 * @ProcessIndex: one of them, from 0
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_INPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT Input;
	UINT ProcessIndex;
} D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_OUTPUT - a process that
 * may use shared resources
 * @Output: the header
 * @ProcessIndex: which of them
 * @ProcessIdentifier: what names it
 * @ProcessHandle: the process, for HANDLE
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	UINT ProcessIndex;
	D3D11_1DDI_AUTHENTICATED_PROCESS_IDENTIFIER_TYPE ProcessIdentifier;
	VPROT_D3D11DDI_HANDLE ProcessHandle;
} D3D11_1DDI_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_UNRESTRICTED_PROTECTED_SHARED_RESOURCE_COUNT_OUTPUT - how
 * many protected resources all may use
 * @Output: the header
 * @UnrestrictedProtectedSharedResourceCount: so many
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_UNRESTRICTED_PROTECTED_SHARED_RESOURCE_COUNT_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	UINT UnrestrictedProtectedSharedResourceCount;
} D3D11_1DDI_AUTHENTICATED_QUERY_UNRESTRICTED_PROTECTED_SHARED_RESOURCE_COUNT_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_INPUT - how many outputs there are
 * @Input: the header
 * @DeviceHandle: a device
 * @CryptoSessionHandle: a crypto session
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_INPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT Input;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
} D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_OUTPUT - outputs that there are
 * @Output: the header
 * @DeviceHandle: a device
 * @CryptoSessionHandle: a crypto session
 * @OutputIDCount: how many
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
	UINT OutputIDCount;
} D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT_OUTPUT,
	D3D11_1DDI_AUTHENTICATED_CHANNEL_QUERY_OUTPUT_ID_COUNT_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_INPUT - which output it is
 * @Input: the header
 * @DeviceHandle: a device
 * @CryptoSessionHandle: a crypto session
 * @OutputIDIndex: one of them, from 0
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_INPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT Input;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
	UINT OutputIDIndex;
} D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_OUTPUT - an output
 * @Output: the header
 * @DeviceHandle: a device
 * @CryptoSessionHandle: a crypto session
 * @OutputIDIndex: which of them
 * @OutputID: its number
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	VPROT_D3D11DDI_HANDLE DeviceHandle;
	VPROT_D3D11DDI_HANDLE CryptoSessionHandle;
	UINT OutputIDIndex;
	VPROT_D3D11DDI_UINT64 OutputID;
} D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT_ID_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_ACESSIBILITY_OUTPUT - who can reach contents
 * @Output: the header
 * @BusType: the bus that they cross
 * @AccessibleInContiguousBlocks: 1 when others can reach them in one block
 * @AccessibleInNonContiguousBlocks: 1 when others can reach them in several blocks
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_ACESSIBILITY_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	D3D11_1DDI_BUS_TYPE BusType;
	BOOL AccessibleInContiguousBlocks;
	BOOL AccessibleInNonContiguousBlocks;
} D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_COUNT_OUTPUT - ways to
 * encrypt what others can reach
 * @Output: the header
 * @EncryptionGuidCount: how many
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_COUNT_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	UINT EncryptionGuidCount;
} D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_COUNT_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_INPUT - which way there is to
 * encrypt
 * @Input: the header
 * @EncryptionGuidIndex: one of them, from 0
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_INPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_INPUT Input;
	UINT EncryptionGuidIndex;
} D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_INPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_OUTPUT - a way to encrypt
 * @Output: the header
 * @EncryptionGuidIndex: which of them
 * @EncryptionGuid: the way
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	UINT EncryptionGuidIndex;
	GUID EncryptionGuid;
} D3D11_1DDI_AUTHENTICATED_QUERY_ACCESSIBILITY_ENCRYPTION_GUID_OUTPUT;

/**
 * struct D3D11_1DDI_AUTHENTICATED_QUERY_CURRENT_ACCESSIBILITY_ENCRYPTION_OUTPUT - how what others
 * can reach is encrypted now
 * @Output: the header
 * @EncryptionGuid: the way
 */
typedef struct D3D11_1DDI_AUTHENTICATED_QUERY_CURRENT_ACCESSIBILITY_ENCRYPTION_OUTPUT {
	D3D11_1DDI_AUTHENTICATED_QUERY_OUTPUT Output;
	GUID EncryptionGuid;
} D3D11_1DDI_AUTHENTICATED_QUERY_CURRENT_ACCESSIBILITY_ENCRYPTION_OUTPUT;

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3D11DDI_CHANNEL_TYPES_H */
