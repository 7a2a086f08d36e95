using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Tests.Transport.Tls;

/// <summary>The functions of libssl that only a client needs, or only a test.</summary>
internal static unsafe partial class ClientCalls
{
    public const int ContextControlMaxVersion = 124;
    public const int ControlServerName = 55;
    public const int UpdateNotRequested = 0;
    public const int UpdateRequested = 1;

    private const string Ssl = "libssl.so.3";

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetConnectState(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(nint ssl, int command, nint number, byte* pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_alpn_protos")]
    public static partial int SetAlpn(nint ssl, byte* names, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_key_update")]
    public static partial int UpdateKeys(nint ssl, int type);

    [LibraryImport(Ssl, EntryPoint = "SSL_renegotiate")]
    public static partial int Renegotiate(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_session")]
    public static partial nint GetSession(nint ssl);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_SESSION_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint GetCertificate(nint ssl);

    [LibraryImport("libcrypto.so.3", EntryPoint = "i2d_X509")]
    public static partial int EncodeCertificate(nint certificate, byte** der);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_fd")]
    public static partial int SetDescriptor(nint ssl, int descriptor);

    [LibraryImport(Ssl, EntryPoint = "SSL_connect")]
    public static partial int Connect(nint ssl);
}
