using System.IO.Compression;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>A bucket in a directory, with image archives.</summary>
internal sealed class ImageFolder : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("wunderproxy-");

    public string Bucket => $"file:{_root.FullName}";

    /// <summary>Puts an image of the engine there; one that begins with <c>get?</c> is a query for several.</summary>
    public async Task SaveAsync(TestEngine engine, string image, string name, bool compress = false)
    {
        await using Stream file = compress
            ? new GZipStream(File.Create(PathOf(name)), CompressionLevel.Fastest)
            : File.Create(PathOf(name));
        await using var archive = image.StartsWith("get?", StringComparison.Ordinal)
            ? await engine.OpenAsync($"images/{image}")
            : await engine.SaveAsync(image);
        await archive.CopyToAsync(file);
    }

    /// <summary>Puts these bytes there, whatever they are.</summary>
    public Task WriteAsync(string name, byte[] bytes) => File.WriteAllBytesAsync(PathOf(name), bytes);

    public void Dispose() => _root.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_root.CreateSubdirectory("service").FullName, name);
}
