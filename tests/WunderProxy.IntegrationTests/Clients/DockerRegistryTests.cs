using System.Formats.Tar;
using System.Net;
using System.Security.Cryptography;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>The Docker engine pushes to and pulls from a real registry through the proxy.</summary>
[TestFixture("epoll")]
[TestFixture("sockets")]
[Parallelizable]
internal sealed class DockerRegistryTests(string transport)
{
    private const int LayerBytes = 12 * 1024 * 1024;

    [Test]
    public async Task Pushed_image_comes_back_the_same()
    {
        var registry = new IPEndPoint(IPAddress.Loopback, TestEnvironment.RegistryPort);
        using var proxy = await ForwardProcess.StartAsync(registry, "--transport", transport);
        using var engine = new TestEngine();

        // Engines take a registry on the loopback without TLS.
        var repository = $"{proxy.Proxy}/clients-{transport}";
        try
        {
            await engine.ImportAsync(repository, "r1", await CreateLayerAsync());
            await engine.PushAsync(repository, "r1");
            var pushed = await engine.InspectImageAsync($"{repository}:r1");
            await engine.RemoveImagesAsync(repository);
            await engine.PullAsync(repository, "r1");
            var pulled = await engine.InspectImageAsync($"{repository}:r1");

            Assert.That(pulled["Id"]!.ToString(), Is.EqualTo(pushed["Id"]!.ToString()));
            Assert.That(pulled["RepoDigests"]!.ToString(), Is.EqualTo(pushed["RepoDigests"]!.ToString()));
            Assert.That(pulled["RepoDigests"]![0]!.ToString(), Does.StartWith($"{repository}@sha256:"));
            Assert.That(pulled["RootFS"]!.ToString(), Is.EqualTo(pushed["RootFS"]!.ToString()));
            Assert.That((long)pulled["Size"]!, Is.GreaterThanOrEqualTo(LayerBytes));
        }
        finally
        {
            await engine.RemoveImagesAsync(repository);
        }
    }

    // Random bytes: they do not compress, so the layer travels in its full size.
    private static async Task<MemoryStream> CreateLayerAsync()
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "content")
            {
                DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(LayerBytes)),
            });
        }

        bytes.Position = 0;
        return bytes;
    }
}
