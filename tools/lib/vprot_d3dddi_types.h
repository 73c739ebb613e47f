/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D9 user-mode driver interface (d3dumddi.h), under
 * its own names: types, values and structures. vprot_d3dddi.h has the functions.
 */
#ifndef VPROT_D3DDDI_TYPES_H
#define VPROT_D3DDDI_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Windows' basic types and results. Define VPROT_D3DDDI_HAVE_WINDOWS_TYPES where another header has
 * them already.
 */
#ifndef VPROT_D3DDDI_HAVE_WINDOWS_TYPES
typedef void VOID;
typedef void *HANDLE;
typedef int32_t HRESULT;
typedef uint8_t BYTE;
typedef uint32_t UINT;
typedef int32_t BOOL;
typedef uint32_t DWORD;
typedef uint64_t ULONGLONG;
typedef uintptr_t SIZE_T;

typedef struct _GUID {
	uint32_t Data1;
	uint16_t Data2;
	uint16_t Data3;
	uint8_t Data4[8];
} GUID;

#define S_OK			((HRESULT)0)
#define E_NOTIMPL		((HRESULT)0x80004001)
#define E_FAIL			((HRESULT)0x80004005)
#define E_ACCESSDENIED		((HRESULT)0x80070005)
#define E_HANDLE		((HRESULT)0x80070006)
#define E_OUTOFMEMORY		((HRESULT)0x8007000E)
#define E_INVALIDARG		((HRESULT)0x80070057)
#endif

#define D3DDDIERR_OUTOFVIDEOMEMORY		((HRESULT)0x8876017C)
#define D3DDDIERR_WASSTILLDRAWING		((HRESULT)0x8876021C)
#define D3DDDIERR_NOTAVAILABLE			((HRESULT)0x8876086A)
#define D3DDDIERR_INVALIDCALL			((HRESULT)0x8876086C)
#define D3DDDIERR_DEVICEREMOVED			((HRESULT)0x88760870)
#define D3DDDIERR_INVALIDHANDLE			((HRESULT)0x88760873)
#define D3DDDIERR_INVALIDUSERBUFFER		((HRESULT)0x88760879)
#define D3DDDIERR_UNSUPPORTEDCRYPTO		((HRESULT)0x8876087E)
#define D3DDDIERR_APPLICATIONERROR		((HRESULT)0x88760885)
#define D3DDDIERR_OUTOFHWPROTECTEDMEMORY	((HRESULT)0x88760887)

/*
 * Windows' numbers of the formats that resources have here; those of video are four characters.
 * After d3dukmdt.h, Windows' or Wine's, they are there already.
 */
#if !defined(_D3DUKMDT_H_) && !defined(__WINE_D3DUKMDT_H)
typedef enum _D3DDDIFORMAT {
	/* No texture: a row is Pitch bytes. */
	D3DDDIFMT_UNKNOWN = 0,
	/* 32 bits a pixel. */
	D3DDDIFMT_A8R8G8B8 = 21,
	/* 16 bits a sample: luminance, then both chrominances for every 2 by 2 pixels. */
	D3DDDIFMT_P010 = 0x30313050,
	/* The same with 8 bits a sample. */
	D3DDDIFMT_NV12 = 0x3231564e,
} D3DDDIFORMAT;
#endif

/** D3DCRYPTOTYPE_AES128_CTR - crypto type: AES-128 in counter mode */
extern const GUID D3DCRYPTOTYPE_AES128_CTR;
/*
 * Windows has no crypto type for the scheme cbcs; this is our own, for both generations. pIV is the
 * IV, and a D3DDDIENCRYPTED_BLOCK_INFO with several encrypted runs is a pattern: as many encrypted
 * bytes at the beginning as in each other run, and all numbers multiples of 16. A last run that is
 * cut short stays clear.
 */
/** VPROT_CRYPTOTYPE_AES128_CBCS - crypto type: AES-128 in CBC mode, in patterns */
extern const GUID VPROT_CRYPTOTYPE_AES128_CBCS;
/** D3DCRYPTOTYPE_PROPRIETARY - crypto type: the vendor's own; not available here */
extern const GUID D3DCRYPTOTYPE_PROPRIETARY;
/** D3DKEYEXCHANGE_RSAES_OAEP - key exchange: RSAES-OAEP with RSA-2048 and SHA-512 */
extern const GUID D3DKEYEXCHANGE_RSAES_OAEP;
/** D3DKEYEXCHANGE_DXVA - key exchange: by the decoder; not available here */
extern const GUID D3DKEYEXCHANGE_DXVA;

/* The caps are the API's own: where d3d9caps.h was included before, they are there already. */
#ifndef D3DCPCAPS_SOFTWARE
/* What the driver can do for a crypto type: D3DCONTENTPROTECTIONCAPS.Caps. */
#define D3DCPCAPS_SOFTWARE		0x00000001
#define D3DCPCAPS_HARDWARE		0x00000002
#define D3DCPCAPS_PROTECTIONALWAYSON	0x00000004
#define D3DCPCAPS_PARTIALDECRYPTION	0x00000008
#define D3DCPCAPS_CONTENTKEY		0x00000010
#define D3DCPCAPS_FRESHENSESSIONKEY	0x00000020
#define D3DCPCAPS_ENCRYPTEDREADBACK	0x00000040
#define D3DCPCAPS_ENCRYPTEDREADBACKKEY	0x00000080
#define D3DCPCAPS_SEQUENTIAL_CTR_IV	0x00000100
#define D3DCPCAPS_ENCRYPTSLICEDATAONLY	0x00000200

/* Packed to 4 bytes on 32-bit x86, as there. */
#ifdef __i386__
#pragma pack(push, 4)
#endif
/**
 * struct _D3DCONTENTPROTECTIONCAPS - what the driver can do for a crypto type
 * @Caps: mask of D3DCPCAPS_*
 * @KeyExchangeType: how a session gets its key; all zero when it cannot get one
 * @BufferAlignmentStart: what a buffer in system memory must be aligned to, in bytes
 * @BlockAlignmentSize: what its size must be a multiple of, in bytes
 * @ProtectedMemorySize: bytes of protected memory of the device, in use or not
 */
typedef struct _D3DCONTENTPROTECTIONCAPS {
	DWORD Caps;
	GUID KeyExchangeType;
	UINT BufferAlignmentStart;
	UINT BlockAlignmentSize;
	ULONGLONG ProtectedMemorySize;
} D3DCONTENTPROTECTIONCAPS;
#ifdef __i386__
#pragma pack(pop)
#endif
#endif

typedef enum _D3DDDICAPS_TYPE {
	D3DDDICAPS_GETCONTENTPROTECTIONCAPS = 42,
	D3DDDICAPS_GETCERTIFICATESIZE = 43,
	D3DDDICAPS_GETCERTIFICATE = 44,
} D3DDDICAPS_TYPE;

typedef enum _D3DDDI_CERTIFICATETYPE {
	D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL = 1,
	D3DDDI_CERTTYPE_CRYPTOSESSION = 2,
} D3DDDI_CERTIFICATETYPE;

typedef enum _DDIAUTHENTICATEDCHANNELTYPE {
	DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE = 2,
	DDIAUTHENTICATEDCHANNEL_DRIVER_HARDWARE = 3,
} DDIAUTHENTICATEDCHANNELTYPE;

/*
 * Adapter queries
 */

/**
 * struct _D3DDDIARG_GETCAPS - a query of what the driver can do
 * @Type: which query
 * @pInfo: in: what is asked about: DDICONTENTPROTECTIONCAPS for GETCONTENTPROTECTIONCAPS,
 * DDICERTIFICATEINFO for the certificate queries
 * @pData: out: D3DCONTENTPROTECTIONCAPS; the size of the certificate chain as a UINT; that chain,
 * DER certificates one after the other, the device's first
 * @DataSize: bytes at @pData, exactly as many as the result has
 */
typedef struct _D3DDDIARG_GETCAPS {
	D3DDDICAPS_TYPE Type;
	VOID *pInfo;
	VOID *pData;
	UINT DataSize;
} D3DDDIARG_GETCAPS;

/**
 * struct _DDICONTENTPROTECTIONCAPS - what GETCONTENTPROTECTIONCAPS asks about
 * @CryptoType: a crypto type, or all zero for what the driver can do with all
 * @DecodeProfile: a profile of the decoder, or all zero
 */
typedef struct _DDICONTENTPROTECTIONCAPS {
	GUID CryptoType;
	GUID DecodeProfile;
} DDICONTENTPROTECTIONCAPS;

/**
 * struct _DDICERTIFICATEINFO - what the certificate queries ask about
 * @CertificateType: whose certificate
 * @ChannelType: for AUTHENTICATED_CHANNEL
 * @CryptoSessionType: for CRYPTOSESSION, the crypto type
 */
typedef struct _DDICERTIFICATEINFO {
	D3DDDI_CERTIFICATETYPE CertificateType;
	DDIAUTHENTICATEDCHANNELTYPE ChannelType;
	GUID CryptoSessionType;
} DDICERTIFICATEINFO;

/*
 * Arguments of the authenticated channel's functions
 */

/**
 * struct _D3DDDIARG_CREATEAUTHENTICATEDCHANNEL - create a channel
 * @ChannelType: in: with the driver's software or its hardware
 * @hChannel: out: the channel
 */
typedef struct _D3DDDIARG_CREATEAUTHENTICATEDCHANNEL {
	DDIAUTHENTICATEDCHANNELTYPE ChannelType;
	HANDLE hChannel;
} D3DDDIARG_CREATEAUTHENTICATEDCHANNEL;

/**
 * struct _D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE - give a channel its key
 * @hChannel: the channel
 * @DataSize: bytes at @pData
 * @pData: the key, encrypted for the driver
 */
typedef struct _D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE {
	HANDLE hChannel;
	UINT DataSize;
	VOID *pData;
} D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE;

/**
 * struct _D3DDDIARG_QUERYAUTHENTICATEDCHANNEL - ask a channel
 * @InputSize: bytes at @pInputData
 * @pInputData: the question, which names the channel
 * @OutputSize: bytes at @pOutputData
 * @pOutputData: gets the answer
 */
typedef struct _D3DDDIARG_QUERYAUTHENTICATEDCHANNEL {
	UINT InputSize;
	const VOID *pInputData;
	UINT OutputSize;
	VOID *pOutputData;
} D3DDDIARG_QUERYAUTHENTICATEDCHANNEL;

/**
 * struct _D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL - tell a channel
 * @InputSize: bytes at @pInputData
 * @pInputData: the order, which names the channel
 * @pOutputData: gets the answer
 */
typedef struct _D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL {
	UINT InputSize;
	const VOID *pInputData;
	VOID *pOutputData;
} D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL;

/**
 * struct _D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL - destroy a channel
 * @hChannel: the channel
 */
typedef struct _D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL {
	HANDLE hChannel;
} D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL;

/*
 * Arguments of the crypto session's functions
 */

/**
 * struct _D3DDDIARG_CREATECRYPTOSESSION - create a session
 * @CryptoType: in: D3DCRYPTOTYPE_AES128_CTR or VPROT_CRYPTOTYPE_AES128_CBCS
 * @DecodeProfile: in: all zero: the device does not decode
 * @hCryptoSession: out: the session
 */
typedef struct _D3DDDIARG_CREATECRYPTOSESSION {
	GUID CryptoType;
	GUID DecodeProfile;
	HANDLE hCryptoSession;
} D3DDDIARG_CREATECRYPTOSESSION;

/**
 * struct _D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE - give a session its key
 * @hCryptoSession: the session
 * @DataSize: bytes at @pData: 256
 * @pData: in: the session key, encrypted with the public key of the device's certificate
 */
typedef struct _D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE {
	HANDLE hCryptoSession;
	UINT DataSize;
	VOID *pData;
} D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE;

/**
 * struct _D3DDDIARG_DESTROYCRYPTOSESSION - destroy a session
 * @hCryptoSession: the session
 */
typedef struct _D3DDDIARG_DESTROYCRYPTOSESSION {
	HANDLE hCryptoSession;
} D3DDDIARG_DESTROYCRYPTOSESSION;

/**
 * struct _D3DDDIARG_ENCRYPTIONBLT - read a protected sub-resource back, encrypted
 * @hCryptoSession: the session
 * @hSrcResource: a protected resource
 * @SrcSubResourceIndex: its sub-resource, all of which is read
 * @hDstResource: a resource in system memory
 * @DstSubResourceIndex: its sub-resource
 * @DstResourceSize: bytes in the destination, at least as many as in the source
 * @pIV: out: a DXVADDI_PVP_HW_IV, made by the driver
 */
typedef struct _D3DDDIARG_ENCRYPTIONBLT {
	HANDLE hCryptoSession;
	HANDLE hSrcResource;
	UINT SrcSubResourceIndex;
	HANDLE hDstResource;
	UINT DstSubResourceIndex;
	UINT DstResourceSize;
	VOID *pIV;
} D3DDDIARG_ENCRYPTIONBLT;

/**
 * struct _D3DDDIARG_GETPITCH - ask for the pitch of a sub-resource
 * @hCryptoSession: the session
 * @hResource: the resource
 * @SubResourceIndex: its sub-resource
 * @Pitch: out: bytes in a row
 */
typedef struct _D3DDDIARG_GETPITCH {
	HANDLE hCryptoSession;
	HANDLE hResource;
	UINT SubResourceIndex;
	UINT Pitch;
} D3DDDIARG_GETPITCH;

/**
 * struct _D3DDDIARG_STARTSESSIONKEYREFRESH - start a refresh of the session key
 * @hCryptoSession: the session
 * @pRandomNumber: gets @RandomNumberSize bytes; untouched on failure
 * @RandomNumberSize: 16, the size of the session key
 */
typedef struct _D3DDDIARG_STARTSESSIONKEYREFRESH {
	HANDLE hCryptoSession;
	VOID *pRandomNumber;
	UINT RandomNumberSize;
} D3DDDIARG_STARTSESSIONKEYREFRESH;

/**
 * struct _D3DDDIARG_FINISHSESSIONKEYREFRESH - finish a refresh of the session key
 * @hCryptoSession: the session; it goes on
 */
typedef struct _D3DDDIARG_FINISHSESSIONKEYREFRESH {
	HANDLE hCryptoSession;
} D3DDDIARG_FINISHSESSIONKEYREFRESH;

/**
 * struct _GETENCRYPTIONBLTKEY - draw a new read-back key
 * @hCryptoSession: the session
 * @pReadBackKey: gets @KeySize bytes: the key, encrypted with AES-ECB under the session key
 * @KeySize: 16
 */
typedef struct _GETENCRYPTIONBLTKEY {
	HANDLE hCryptoSession;
	VOID *pReadBackKey;
	UINT KeySize;
} D3DDDIARG_GETENCRYPTIONBLTKEY;

/**
 * struct _D3DDDIENCRYPTED_BLOCK_INFO - which bytes of a buffer are encrypted
 * @NumEncryptedBytesAtBeginning: encrypted bytes at the beginning, at most all of them
 * @NumBytesInSkipPattern: clear bytes that follow
 * @NumBytesInEncryptPattern: encrypted bytes after those; both repeat to the end of the buffer.
 * With 0 all the rest is clear.
 *
 * The key stream runs on, byte by byte, over the encrypted bytes only.
 */
typedef struct _D3DDDIENCRYPTED_BLOCK_INFO {
	UINT NumEncryptedBytesAtBeginning;
	UINT NumBytesInSkipPattern;
	UINT NumBytesInEncryptPattern;
} D3DDDIENCRYPTED_BLOCK_INFO;

/**
 * struct _D3DDDIARG_DECRYPTIONBLT - decrypt into a protected sub-resource
 * @hCryptoSession: the session
 * @hSrcResource: a resource in system memory
 * @SrcSubResourceIndex: its sub-resource
 * @hDstResource: a protected resource
 * @DstSubResourceIndex: its sub-resource
 * @SrcResourceSize: bytes to decrypt, at most as many as either sub-resource has
 * @pEncryptedBlockInfo: which of them are encrypted, or NULL: all are
 * @pContentKey: the content key as a DXVADDI_PVP_KEY128, encrypted with AES-ECB under the session
 * key, or NULL: the bytes are encrypted under the session key
 * @pIV: in: a DXVADDI_PVP_HW_IV
 */
typedef struct _D3DDDIARG_DECRYPTIONBLT {
	HANDLE hCryptoSession;
	HANDLE hSrcResource;
	UINT SrcSubResourceIndex;
	HANDLE hDstResource;
	UINT DstSubResourceIndex;
	UINT SrcResourceSize;
	D3DDDIENCRYPTED_BLOCK_INFO *pEncryptedBlockInfo;
	VOID *pContentKey;
	VOID *pIV;
} D3DDDIARG_DECRYPTIONBLT;

/**
 * struct _DXVADDI_PVP_BLOCK128 - 16 bytes, a key for instance
 * @Data: the bytes
 */
typedef struct _DXVADDI_PVP_BLOCK128 {
	BYTE Data[16];
} DXVADDI_PVP_BLOCK128, DXVADDI_PVP_KEY128;

/**
 * struct _DXVADDI_PVP_HW_IV - the counter block of AES128_CTR, as it lies in memory
 * @IV: the IV, big-endian
 * @Count: the number of the block, big-endian; it wraps without a carry into @IV
 */
typedef struct _DXVADDI_PVP_HW_IV {
	ULONGLONG IV;
	ULONGLONG Count;
} DXVADDI_PVP_HW_IV;

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3DDDI_TYPES_H */
