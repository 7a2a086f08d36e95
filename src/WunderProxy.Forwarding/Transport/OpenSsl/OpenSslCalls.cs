using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Transport.OpenSsl;

/// <summary>
/// The functions of libssl and libcrypto that the TLS connections call, as described in section 3 of OpenSSL's manual.
/// All of them exist since OpenSSL 3.0; <see cref="OpenSslLibrary"/> finds the libraries.
/// </summary>
/// <remarks>
/// Calls that may run a callback or take long switch the thread to preemptive mode. The few that only read or write a
/// field (SuppressGCTransition) neither call back nor block.
/// </remarks>
internal static unsafe partial class OpenSslCalls
{
    /// <summary>Name under which the import resolver of <see cref="OpenSslLibrary"/> knows libssl.</summary>
    public const string Ssl = "wunderproxy-libssl";

    /// <summary>Name under which the import resolver of <see cref="OpenSslLibrary"/> knows libcrypto.</summary>
    public const string Crypto = "wunderproxy-libcrypto";

    // OPENSSL_init_ssl(3).
    public const ulong InitLoadCryptoStrings = 0x2;
    public const ulong InitLoadSslStrings = 0x200000;
    public const ulong InitNoAtExit = 0x80000;

    // SSL_get_error(3).
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;

    // Commands of SSL_CTX_ctrl and SSL_CTX_callback_ctrl (ssl.h).
    public const int CtrlMode = 33;
    public const int CtrlReadAhead = 41;
    public const int CtrlSessionCacheMode = 44;
    public const int CtrlServerNameCallback = 53;
    public const int CtrlServerNameArgument = 54;
    public const int CtrlTicketKeys = 59;
    public const int CtrlChainCertificate = 89;
    public const int CtrlGroupsList = 92;
    public const int CtrlMinProtocolVersion = 123;

    // SSL_CTX_set_mode(3).
    public const int ModePartialWrite = 0x1;
    public const int ModeMovingWriteBuffer = 0x2;
    public const int ModeReleaseBuffers = 0x10;

    // SSL_CTX_set_options(3).
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    // What the callbacks of the server name and of ALPN return (tls1.h).
    public const int ExtensionOk = 0;
    public const int ExtensionFatal = 2;
    public const int ExtensionNotUsed = 3;

    // BIO_set_flags(3), bio.h.
    public const int BioRetryRead = 0x01 | 0x08;
    public const int BioRetryWrite = 0x02 | 0x08;
    public const int BioRetryAll = 0x0F;
    public const int BioTypeSourceSink = 0x0400;
    public const int BioCtrlEndOfFile = 2;
    public const int BioCtrlFlush = 11;

    /// <summary>EVP_PKEY_RSA.</summary>
    public const int KeyRsa = 6;

    /// <summary>EVP_PKEY_EC.</summary>
    public const int KeyEllipticCurve = 408;

    [LibraryImport(Ssl, EntryPoint = "OPENSSL_init_ssl")]
    public static partial int Initialize(ulong options, nint settings);

    [LibraryImport(Ssl, EntryPoint = "TLS_server_method")]
    public static partial nint ServerMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint NewContext(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_callback_ctrl")]
    public static partial nint ContextCallbackControl(nint context, int command, void* callback);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCipherList(nint context, string ciphers);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int UseCertificate(nint context, int length, byte* der);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int UsePrivateKey(int type, nint context, byte* der, nint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_check_private_key")]
    public static partial int CheckPrivateKey(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_num_tickets")]
    public static partial int SetTicketCount(nint context, nuint tickets);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    public static partial void SetAlpnCallback(
        nint context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_session_id_context")]
    public static partial int SetSessionIdContext(nint context, byte* id, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint readBio, nint writeBio);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAcceptState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_SSL_CTX")]
    public static partial nint SetContext(nint ssl, nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_servername")]
    public static partial byte* GetServerName(nint ssl, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    public static partial int Peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_has_pending")]
    [SuppressGCTransition]
    public static partial int HasPending(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_session_reused")]
    public static partial int IsSessionReused(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_version")]
    public static partial nint GetVersion(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint GetCurrentCipher(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_CIPHER_get_name")]
    public static partial nint GetCipherName(nint cipher);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void GetAlpn(nint ssl, byte** name, uint* length);

    [LibraryImport(Crypto, EntryPoint = "OpenSSL_version_num")]
    public static partial nuint GetVersionNumber();

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_peek_last_error")]
    public static partial nuint PeekLastError();

    [LibraryImport(Crypto, EntryPoint = "ERR_error_string_n")]
    public static partial void DescribeError(nuint error, byte* buffer, nuint length);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_new_index")]
    public static partial int GetNewBioIndex();

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_new")]
    public static partial nint NewBioMethod(int type, byte* name);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_read")]
    public static partial int SetBioRead(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_write")]
    public static partial int SetBioWrite(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Crypto, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int SetBioControl(nint method, delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint> control);

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_up_ref")]
    public static partial int ReferToBio(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_free")]
    public static partial int FreeBio(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_data")]
    public static partial void SetBioData(nint bio, void* data);

    [LibraryImport(Crypto, EntryPoint = "BIO_get_data")]
    [SuppressGCTransition]
    public static partial void* GetBioData(nint bio);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_init")]
    public static partial void SetBioInitialized(nint bio, int isInitialized);

    [LibraryImport(Crypto, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    public static partial void SetBioFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    public static partial void ClearBioFlags(nint bio, int flags);

    [LibraryImport(Crypto, EntryPoint = "d2i_X509")]
    public static partial nint ParseCertificate(nint reused, byte** der, nint length);

    [LibraryImport(Crypto, EntryPoint = "X509_free")]
    public static partial void FreeCertificate(nint certificate);
}
