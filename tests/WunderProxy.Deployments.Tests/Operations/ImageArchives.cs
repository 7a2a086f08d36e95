using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Tests.Operations;

/// <summary>Writes image archives as <c>docker save</c> does, without layers; packed when their name ends with <c>.gz</c>.</summary>
internal static class ImageArchives
{
    /// <summary>Writes an archive that holds one image for each name.</summary>
    public static void Write(string folder, string fileName, params string[] names)
    {
        var manifest = new JsonArray([.. names.Select((name, index) => new JsonObject
        {
            ["Config"] = $"{index}.json",
            ["RepoTags"] = new JsonArray(name),
            ["Layers"] = new JsonArray(),
        })]);
        using var file = File.Create(Path.Combine(folder, fileName));
        using Stream packed = fileName.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "manifest.json")
        {
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(manifest.ToJsonString())),
        });
    }
}
