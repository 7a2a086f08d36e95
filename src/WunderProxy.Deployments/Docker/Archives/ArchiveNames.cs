using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WunderProxy.Deployments.Docker.Archives;

/// <summary>
/// Removes the names that an image archive gives to its images, because the engine would take each name away from the
/// image that has it at present. If the archive names several images, only the wanted one is kept in its lists.
/// </summary>
internal sealed class ArchiveNames(ImageName wanted)
{
    /// <summary>
    /// File that lists the images, in archives of <c>docker save</c> and tools for <c>docker load</c>.
    /// </summary>
    public const string Manifest = "manifest.json";

    /// <summary>File that maps image names to layers, before Docker 1.10.</summary>
    public const string Repositories = "repositories";

    /// <summary>File that lists the images of an OCI layout.</summary>
    public const string Index = "index.json";

    private const string TagsKey = "repotags";

    private readonly ImageName _wanted = wanted.Normalize();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether a file of an archive may contain image names, judged by the last part of its path.</summary>
    public static bool MayHoldNames(string fileName) => fileName is Manifest or Repositories or Index;

    /// <summary>Returns a file's content without names.</summary>
    /// <param name="fileName">Name of a file that may contain image names.</param>
    /// <param name="content">The file's content in the archive.</param>
    /// <exception cref="ArchiveRefusedException">
    /// The file is not JSON of the expected form, occurs twice, or lists several images but not the wanted one.
    /// </exception>
    public byte[] Clean(string fileName, ReadOnlyMemory<byte> content)
    {
        if (!_seen.Add(fileName))
        {
            throw new ArchiveRefusedException($"{fileName} occurs twice in it");
        }

        try
        {
            return fileName switch
            {
                Manifest => CleanManifest(Parse(content)),
                Index => CleanIndex(Parse(content)),
                _ => "{}"u8.ToArray(),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ArchiveRefusedException($"{fileName} in it cannot be read: {FirstLine(exception.Message)}");
        }
    }

    /// <summary>Checks the archive as a whole at its end, before the engine begins to load.</summary>
    /// <exception cref="ArchiveRefusedException">No file in the archive lists its images.</exception>
    public void Finish()
    {
        if (!_seen.Contains(Manifest) && !_seen.Contains(Index))
        {
            throw new ArchiveRefusedException(
                $"it has neither {Manifest} nor {Index}: it is neither an archive of docker save (1.10 or later) nor an OCI layout");
        }
    }

    private byte[] CleanManifest(JsonNode? root)
    {
        var items = Members(root, Manifest);
        var images = items.Select(item => (Item: item, Names: TakeTags(item))).ToArray();
        return Write(new JsonArray([.. Choose(images).Select(item => item.DeepClone())]));
    }

    private byte[] CleanIndex(JsonNode? root)
    {
        if (root is not JsonObject index)
        {
            throw new ArchiveRefusedException($"{Index} in it is not a JSON object");
        }

        foreach (var (key, value) in index.ToArray())
        {
            if (IsField(key, "manifests") && value is not null)
            {
                var images = Members(value, Index).Select(item => (Item: item, Names: TakeAnnotations(item))).ToArray();

                // Manifests without a name belong to other things: attestations, and platforms of one image.
                var isNamed = images.Any(image => image.Names.Any(IsWanted));
                var kept = images.Where(image => !isNamed || image.Names.Count == 0 || image.Names.Any(IsWanted));
                index[key] = new JsonArray([.. kept.Select(image => image.Item.DeepClone())]);
            }
            else if (IsField(key, "annotations"))
            {
                index.Remove(key);
            }
        }

        return Write(index);
    }

    private JsonObject[] Choose((JsonObject Item, List<string> Names)[] images)
    {
        var names = string.Join(", ", images.SelectMany(image => image.Names));
        var chosen = images.Where(image => image.Names.Any(IsWanted)).Select(image => image.Item).ToArray();
        return (images.Length, chosen.Length) switch
        {
            (0, _) => throw new ArchiveRefusedException($"{Manifest} in it lists no image"),
            (1, _) => [images[0].Item],
            (_, 1) => chosen,
            (_, 0) => throw new ArchiveRefusedException(
                $"it holds {images.Length} images ({names}): neither {_wanted} nor exactly one", isMismatch: true),
            _ => throw new ArchiveRefusedException($"it holds {chosen.Length} images by the name {_wanted}", isMismatch: true),
        };
    }

    private static JsonObject[] Members(JsonNode? root, string fileName) =>
        root is JsonArray array && array.All(item => item is JsonObject)
            ? [.. array.Select(item => item!.AsObject())]
            : throw new ArchiveRefusedException($"{fileName} in it is not a list of images");

    private static List<string> TakeTags(JsonObject item)
    {
        var names = new List<string>();
        foreach (var (key, value) in item.ToArray())
        {
            if (IsField(key, TagsKey))
            {
                names.AddRange((value as JsonArray ?? []).Select(tag => tag?.GetValue<string>() ?? ""));
                item.Remove(key);
            }
        }

        return names;
    }

    /// <summary>
    /// Removes the annotations of an item and returns the names in them. To the engine annotations are a map, so the
    /// case of their keys counts, but not the case of the map's own name.
    /// </summary>
    private static List<string> TakeAnnotations(JsonObject item)
    {
        var names = new List<string>();
        foreach (var annotations in item.Where(pair => IsField(pair.Key, "annotations")).Select(pair => pair.Value).OfType<JsonObject>())
        {
            foreach (var (key, value) in annotations.ToArray())
            {
                if (key.EndsWith("image.name", StringComparison.Ordinal) || key.EndsWith("ref.name", StringComparison.Ordinal))
                {
                    names.Add(value?.GetValue<string>() ?? "");
                    annotations.Remove(key);
                }
            }
        }

        return names;
    }

    private bool IsWanted(string name) => name.Length > 0 && ImageName.Parse(name).Normalize() == _wanted;

    /// <summary>
    /// Whether Go's decoder takes a key for a field: letters of any case, and two other characters that fold to
    /// letters.
    /// </summary>
    private static bool IsField(string key, string lowerCaseName) =>
        key.Length == lowerCaseName.Length
        && key.Replace('\u017f', 's').Replace('\u212a', 'k').Equals(lowerCaseName, StringComparison.OrdinalIgnoreCase);

    private static JsonNode? Parse(ReadOnlyMemory<byte> content)
    {
        var isMarked = content.Span.StartsWith(Encoding.UTF8.Preamble);
        return JsonNode.Parse(
            (isMarked ? content[Encoding.UTF8.Preamble.Length..] : content).Span,
            documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
    }

    private static byte[] Write(JsonNode node)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            node.WriteTo(writer);
        }

        return bytes.ToArray();
    }

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
