using WunderProxy.Tests.Certificates;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>How the program under test drives its sockets, and whether its clients speak TLS.</summary>
/// <param name="Transport">The transport: <c>epoll</c> or <c>sockets</c>.</param>
/// <param name="Engine">The engine of TLS: <c>openssl</c> or <c>runtime</c>; null if clients speak plain HTTP.</param>
internal sealed record ProxyWiring(string Transport, string? Engine)
{
    /// <summary>The name of the certificate, which leads to the loopback address.</summary>
    public const string HostName = "localhost";

    private static readonly Lazy<CertificateFolder> Folder = new(NewFolder);

    /// <summary>Whether clients speak TLS.</summary>
    public bool IsSecure => Engine is not null;

    /// <summary>The certificate that is shown, which is its own authority, as a PEM file.</summary>
    public static string CertificateFile => Folder.Value.At("localhost.crt");

    /// <summary>The key of the certificate, as a PEM file.</summary>
    public static string KeyFile => Folder.Value.At("localhost.key");

    /// <summary>The options of the program for its listener, transport and TLS; the kernel chooses ports.</summary>
    public IEnumerable<string> Options => OptionsFor("127.0.0.1:0");

    /// <summary>Returns the wiring of a fixture's argument, which <see cref="Wirings"/> lists.</summary>
    public static ProxyWiring Parse(string name) => name switch
    {
        "epoll" or "sockets" => new ProxyWiring(name, null),
        "openssl" or "runtime" => new ProxyWiring("epoll", name),
        "sockets-runtime" => new ProxyWiring("sockets", "runtime"),
        _ => throw new ArgumentException($"no such wiring: {name}", nameof(name)),
    };

    /// <summary>The same options with the address of the listener.</summary>
    public IEnumerable<string> OptionsFor(string address) => Engine is null
        ? ["--transport", Transport, "--proxy", address]
        :
        [
            "--transport", Transport, "--tls", address, "--tls-engine", Engine, "--tls-certificate", CertificateFile,
            "--tls-key", KeyFile, "--tls-redirect", "127.0.0.1:0",
        ];

    private static CertificateFolder NewFolder()
    {
        var folder = new CertificateFolder();
        folder.Write("localhost", [HostName]).Dispose();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    }
}
