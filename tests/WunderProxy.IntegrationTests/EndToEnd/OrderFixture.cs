using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;
using WunderProxy.TestSupport.Acme;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>What tests of ordered certificates have in common: a folder, and the port that the ACME server asks.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class OrderFixture : IDisposable
{
    /// <summary>The name that gets a certificate.</summary>
    protected const string Host = "shop.example.test";

    /// <summary>The folder of the test, removed at its end.</summary>
    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("wunderproxy-acme-");

    /// <summary>The port to which the server sends its challenges.</summary>
    protected int Port { get; } = FreePort.Next();

    public void Dispose() => Folder.Delete(recursive: true);

    /// <summary>Options that order a certificate for <see cref="Host"/>.</summary>
    protected static string[] AcmeOptions(PebbleServer pebble) =>
        ["--acme-domain", Host, "--acme-directory", pebble.DirectoryUrl.AbsoluteUri, "--acme-ca", pebble.RootFile];

    /// <summary>The file that has the certificate of <see cref="Host"/>.</summary>
    protected static string FileIn(string state) => Path.Combine(state, "acme", Host + ".pem");

    /// <summary>Waits until the program has its certificate in a state directory.</summary>
    protected static Task CertificateAsync(WunderProxyProcess program, string state) =>
        Eventually.TrueAsync("the certificate is there", () => File.Exists(FileIn(state)) || program.HasExited, 60);
}
