/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D11.1 and WDDM 2.0 user-mode driver interface
 * (d3d10umddi.h), under its own names: types, values and structures. vprot_d3d11ddi.h has the
 * functions.
 */
#ifndef VPROT_D3D11DDI_TYPES_H
#define VPROT_D3D11DDI_TYPES_H

#include "vprot_d3d11ddi_channel_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Handles. Those with pDrvPrivate point to memory that the runtime has allocated for the driver,
 * those with handle are the runtime's own.
 */

/** struct D3D10DDI_HDEVICE - a device */
typedef struct D3D10DDI_HDEVICE {
	/** @pDrvPrivate: VPROT_D3D11DDI_PRIVATE_SIZE bytes */
	VOID *pDrvPrivate;
} D3D10DDI_HDEVICE;

/** struct D3D10DDI_HRESOURCE - a resource */
typedef struct D3D10DDI_HRESOURCE {
	/** @pDrvPrivate: VPROT_D3D11DDI_PRIVATE_SIZE bytes */
	VOID *pDrvPrivate;
} D3D10DDI_HRESOURCE;

/** struct D3D11_1DDI_HCRYPTOSESSION - a crypto session */
typedef struct D3D11_1DDI_HCRYPTOSESSION {
	/** @pDrvPrivate: as many bytes as CalcPrivateCryptoSessionSize says */
	VOID *pDrvPrivate;
} D3D11_1DDI_HCRYPTOSESSION;

/** struct D3D11_1DDI_HAUTHCHANNEL - an authenticated channel */
typedef struct D3D11_1DDI_HAUTHCHANNEL {
	/** @pDrvPrivate: as many bytes as CalcPrivateAuthenticatedChannelSize says */
	VOID *pDrvPrivate;
} D3D11_1DDI_HAUTHCHANNEL;

/** struct D3D11_1DDI_HDECODE - a decoder */
typedef struct D3D11_1DDI_HDECODE {
	/** @pDrvPrivate: VPROT_D3D11DDI_PRIVATE_SIZE bytes */
	VOID *pDrvPrivate;
} D3D11_1DDI_HDECODE;

/** struct D3D11_1DDI_HVIDEOPROCESSOR - a video processor; there is none */
typedef struct D3D11_1DDI_HVIDEOPROCESSOR {
	/** @pDrvPrivate: not looked at */
	VOID *pDrvPrivate;
} D3D11_1DDI_HVIDEOPROCESSOR;

/** struct D3D10DDI_HRTCORELAYER - the runtime's handle of a device, for its callbacks */
typedef struct D3D10DDI_HRTCORELAYER {
	/** @handle: given back to the callbacks */
	VOID *handle;
} D3D10DDI_HRTCORELAYER;

/** struct D3D11_1DDI_HRTCRYPTOSESSION - the runtime's handle of a crypto session */
typedef struct D3D11_1DDI_HRTCRYPTOSESSION {
	/** @handle: not used */
	VOID *handle;
} D3D11_1DDI_HRTCRYPTOSESSION;

/** struct D3D11_1DDI_HRTAUTHCHANNEL - the runtime's handle of an authenticated channel */
typedef struct D3D11_1DDI_HRTAUTHCHANNEL {
	/** @handle: not used */
	VOID *handle;
} D3D11_1DDI_HRTAUTHCHANNEL;

/*
 * Values
 */

/** D3D11_CRYPTO_TYPE_AES128_CTR - crypto type: AES-128 in counter mode; D3DCRYPTOTYPE_AES128_CTR */
extern const GUID D3D11_CRYPTO_TYPE_AES128_CTR;
/** D3D11_KEY_EXCHANGE_RSAES_OAEP - key exchange: that of D3DKEYEXCHANGE_RSAES_OAEP */
extern const GUID D3D11_KEY_EXCHANGE_RSAES_OAEP;
/** D3D11_KEY_EXCHANGE_HW_PROTECTION - key exchange: the device has the key, nobody learns it */
extern const GUID D3D11_KEY_EXCHANGE_HW_PROTECTION;
/** D3D11_DECODER_ENCRYPTION_HW_CENC - a decoder's bitstreams are encrypted by common encryption */
extern const GUID D3D11_DECODER_ENCRYPTION_HW_CENC;
/** D3D11_DECODER_BITSTREAM_ENCRYPTION_TYPE_CENC - the same, as a type of encryption */
extern const GUID D3D11_DECODER_BITSTREAM_ENCRYPTION_TYPE_CENC;

/*
 * What the driver can do for a crypto type: D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS.Caps. From
 * 0x2000 up the values are others than those of the D3D11 API.
 */
typedef enum D3D11_1DDI_CONTENT_PROTECTION_CAPS {
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_SOFTWARE = 0x00000001,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_HARDWARE = 0x00000002,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_PROTECTION_ALWAYS_ON = 0x00000004,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_PARTIAL_DECRYPTION = 0x00000008,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_CONTENT_KEY = 0x00000010,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_FRESHEN_SESSION_KEY = 0x00000020,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK = 0x00000040,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK_KEY = 0x00000080,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_SEQUENTIAL_CTR_IV = 0x00000100,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPT_SLICEDATA_ONLY = 0x00000200,
	D3D11_1DDI_CONTENT_PROTECTION_CAPS_DECRYPTION_BLT = 0x00000400,
	D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECT_UNCOMPRESSED = 0x00000800,
	D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECTED_MEMORY_PAGEABLE = 0x00001000,
	D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECTED_MEMORY_TRANSITION = 0x00002000,
	D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_TEARDOWN = 0x00004000,
	D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_DRM_COMMUNICATION = 0x00008000,
} D3D11_1DDI_CONTENT_PROTECTION_CAPS;

typedef enum D3D11_1DDI_CERTIFICATE_TYPE {
	D3D11_1DDI_CERTIFICATE_TYPE_AUTHENTICATED_CHANNEL = 1,
	D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION = 2,
} D3D11_1DDI_CERTIFICATE_TYPE;

typedef enum D3D11_1DDI_VIDEO_PROCESSOR_ROTATION {
	D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_IDENTITY = 0,
	D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_90 = 1,
	D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_180 = 2,
	D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_270 = 3,
} D3D11_1DDI_VIDEO_PROCESSOR_ROTATION;

/* One more than the values of the D3D11 API, which has no UNKNOWN. */
typedef enum D3D11_DDI_VIDEO_DECODER_BUFFER_TYPE {
	D3D11_1DDI_VIDEO_DECODER_BUFFER_UNKNOWN = 0,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_PICTURE_PARAMETERS = 1,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_MACROBLOCK_CONTROL = 2,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_RESIDUAL_DIFFERENCE = 3,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_DEBLOCKING_CONTROL = 4,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_INVERSE_QUANTIZATION_MATRIX = 5,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_SLICE_CONTROL = 6,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM = 7,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_MOTION_VECTOR = 8,
	D3D11_1DDI_VIDEO_DECODER_BUFFER_FILM_GRAIN = 9,
} D3D11_1DDI_VIDEO_DECODER_BUFFER_TYPE;

typedef enum D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS {
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_OK = 0,
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_LOST = 1,
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_AND_CONTENT_LOST = 2,
} D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS;

/* Windows' numbers of the formats that resources have here. */
#ifndef VPROT_D3DDDI_HAVE_WINDOWS_TYPES
typedef enum DXGI_FORMAT {
	/* A plain buffer: Width bytes. */
	DXGI_FORMAT_UNKNOWN = 0,
	/* 32 bits a pixel. */
	DXGI_FORMAT_B8G8R8A8_UNORM = 87,
	/* 8 bits a sample: luminance, then both chrominances for every 2 by 2 pixels. */
	DXGI_FORMAT_NV12 = 103,
	/* The same with 16 bits a sample. */
	DXGI_FORMAT_P010 = 104,
} DXGI_FORMAT;
#endif

/*
 * Queries
 */

/**
 * struct D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS - what the driver can do for a crypto type
 * @Caps: mask of enum D3D11_1DDI_CONTENT_PROTECTION_CAPS
 * @KeyExchangeTypeCount: how many key exchange types GetCryptoKeyExchangeType has
 * @BlockAlignmentSize: what the size of a buffer must be a multiple of, in bytes
 * @ProtectedMemorySize: bytes of protected memory of the device, in use or not
 */
typedef struct D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS {
	UINT Caps;
	UINT KeyExchangeTypeCount;
	UINT BlockAlignmentSize;
	VPROT_D3DDDI_UINT64 ProtectedMemorySize;
} D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS;

/**
 * struct D3D11_1DDI_CERTIFICATE_INFO - what the certificate queries ask about
 * @CertificateType: whose certificate
 * @ChannelType: for AUTHENTICATED_CHANNEL
 * @CryptoSessionType: for CRYPTO_SESSION, the crypto type
 */
typedef struct D3D11_1DDI_CERTIFICATE_INFO {
	D3D11_1DDI_CERTIFICATE_TYPE CertificateType;
	union {
		D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE ChannelType;
		GUID CryptoSessionType;
	};
} D3D11_1DDI_CERTIFICATE_INFO;

/*
 * Sessions
 */

/**
 * struct D3D11_1DDIARG_CREATECRYPTOSESSION - create a session
 * @CryptoType: D3D11_CRYPTO_TYPE_AES128_CTR or VPROT_CRYPTOTYPE_AES128_CBCS
 * @DecodeProfile: all zero: the device does not decode
 * @KeyExchangeType: one that GetCryptoKeyExchangeType has
 */
typedef struct D3D11_1DDIARG_CREATECRYPTOSESSION {
	GUID CryptoType;
	GUID DecodeProfile;
	GUID KeyExchangeType;
} D3D11_1DDIARG_CREATECRYPTOSESSION;

/**
 * struct D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL - create a channel
 * @ChannelType: with the driver's software or its hardware
 * @hChannel: out: the channel's handle, which its messages name
 */
typedef struct D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL {
	D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE ChannelType;
	HANDLE hChannel;
} D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL;

/**
 * VPROT_D3D11DDI_HW_GET_EPOCH - the one function of the hardware key exchange
 *
 * For HWProtectionFunctionID. No input; output: the number of the session's key as a UINT64, which
 * is 1 and stays so. What it is for: it tells that the session has its key.
 */
#define VPROT_D3D11DDI_HW_GET_EPOCH	1

/**
 * struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA - input of a function of the device
 * @PrivateDataSize: bytes for the driver, as GetCryptoSessionPrivateDataSize says: 0
 * @HWProtectionDataSize: bytes of input after these
 * @pbInput: both, longer than declared here
 */
typedef struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA {
	UINT PrivateDataSize;
	UINT HWProtectionDataSize;
	BYTE pbInput[4];
} D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA;

/**
 * struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA - output of a function of the device
 * @PrivateDataSize: bytes for the driver, as GetCryptoSessionPrivateDataSize says: 0
 * @MaxHWProtectionDataSize: bytes of output that there is room for after these
 * @HWProtectionDataSize: out: bytes of output
 * @TransportTime: out: 0: nothing is transported
 * @ExecutionTime: out: 0: not measured
 * @pbOutput: out: both, longer than declared here
 */
typedef struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA {
	UINT PrivateDataSize;
	UINT MaxHWProtectionDataSize;
	UINT HWProtectionDataSize;
	VPROT_D3DDDI_UINT64 TransportTime;
	VPROT_D3DDDI_UINT64 ExecutionTime;
	BYTE pbOutput[4];
} D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA;

/**
 * struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA - a function of the device, called by the
 * key exchange of a session with D3D11_KEY_EXCHANGE_HW_PROTECTION
 * @HWProtectionFunctionID: VPROT_D3D11DDI_HW_GET_EPOCH
 * @pInputData: its input
 * @pOutputData: its output
 * @Status: out: its result: S_OK; E_NOTIMPL for another function; E_INVALIDARG for sizes that do
 * not fit; D3DDDIERR_DEVICEREMOVED when the key was lost
 */
typedef struct D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA {
	UINT HWProtectionFunctionID;
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA *pInputData;
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA *pOutputData;
	HRESULT Status;
} D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA;

/*
 * Blits
 */

/**
 * struct D3D11_1DDI_ENCRYPTED_BLOCK_INFO - which bytes of a resource are encrypted
 * @NumEncryptedBytesAtBeginning: as in D3DDDIENCRYPTED_BLOCK_INFO
 * @NumBytesInSkipPattern: as there
 * @NumBytesInEncryptPattern: as there
 */
typedef struct D3D11_1DDI_ENCRYPTED_BLOCK_INFO {
	UINT NumEncryptedBytesAtBeginning;
	UINT NumBytesInSkipPattern;
	UINT NumBytesInEncryptPattern;
} D3D11_1DDI_ENCRYPTED_BLOCK_INFO;

/**
 * struct D3D11_1DDI_AES_CTR_IV - the counter block of AES128_CTR, as it lies in memory
 * @IV: the IV, big-endian
 * @Count: the number of the block, big-endian; it wraps without a carry into @IV
 */
typedef struct D3D11_1DDI_AES_CTR_IV {
	VPROT_D3DDDI_UINT64 IV;
	VPROT_D3DDDI_UINT64 Count;
} D3D11_1DDI_AES_CTR_IV;

/**
 * struct D3D11_1DDI_GETCAPTUREHANDLEDATA - ask for the handle of a captured picture
 * @hResource: in: where it was captured
 * @ArrayIndex: in: the sub-resource
 * @hAllocation: out: the handle
 * @DataOffset: out: where the picture begins, in bytes
 * @DataSize: out: its size in bytes
 */
typedef struct D3D11_1DDI_GETCAPTUREHANDLEDATA {
	D3D10DDI_HRESOURCE hResource;
	UINT ArrayIndex;
	UINT hAllocation;
	UINT DataOffset;
	UINT DataSize;
} D3D11_1DDI_GETCAPTUREHANDLEDATA;

/*
 * Decoder buffers
 */

/**
 * struct D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION - how a frame is encrypted
 * @hCryptoSession: the session that decrypts it
 * @pBlob: the content key, encrypted with AES-ECB under the session key; or all zero: the frame is
 * encrypted under the session key; or NULL: it is clear
 * @BlobSize: bytes at @pBlob: 16, or 0
 * @pKeyInfoId: NULL: there is one key
 * @pPrivateData: NULL
 * @PrivateDataSize: 0
 */
typedef struct D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION {
	D3D11_1DDI_HCRYPTOSESSION hCryptoSession;
	VOID *pBlob;
	UINT BlobSize;
	GUID *pKeyInfoId;
	VOID *pPrivateData;
	UINT PrivateDataSize;
} D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION;

/**
 * struct D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK - clear bytes, then encrypted ones
 * @ClearSize: clear bytes
 * @EncryptedSize: encrypted bytes that follow
 */
typedef struct D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK {
	UINT ClearSize;
	UINT EncryptedSize;
} D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK;

/**
 * struct D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 - a buffer for a decoder
 * @hResource: a resource in system memory, of which the first sub-resource counts
 * @BufferType: what it holds; only BITSTREAM has contents to protect
 * @DataOffset: 0
 * @DataSize: bytes of data in it
 * @pIV: the counter block of the first encrypted byte, or NULL: all of it is clear
 * @IVSize: bytes at @pIV: 16, or 8: the number of the block is 0
 * @pSubSampleMappingBlock: which bytes are encrypted, @DataSize in all; NULL: all of them are
 * @SubSampleMappingCount: elements there
 */
typedef struct D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 {
	D3D10DDI_HRESOURCE hResource;
	D3D11_1DDI_VIDEO_DECODER_BUFFER_TYPE BufferType;
	UINT DataOffset;
	UINT DataSize;
	VOID *pIV;
	UINT IVSize;
	D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK *pSubSampleMappingBlock;
	UINT SubSampleMappingCount;
} D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1;

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3D11DDI_TYPES_H */
