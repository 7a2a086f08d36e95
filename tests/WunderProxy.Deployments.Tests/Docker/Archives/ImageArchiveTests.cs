using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using WunderProxy.Deployments.Docker;
using WunderProxy.Deployments.Docker.Archives;

namespace WunderProxy.Deployments.Tests.Docker.Archives;

/// <summary>What the engine is given of an image archive.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class ImageArchiveTests
{
    private const string Shop = """[{"Config":"a.json","RepoTags":["shop:42"],"Layers":["l/layer.tar"]}]""";

    [Test]
    public async Task Names_are_removed_wherever_they_stand_and_all_else_passes()
    {
        var layer = new byte[70_001];
        Random.Shared.NextBytes(layer);
        var read = await ReadAsync(Tar(
            ("l/", null),
            ("l/layer.tar", layer),
            ("manifest.json", Bytes("""[{"Config":"a.json","RepoTags":["shop:42","other:1"],"Layers":["l/layer.tar"],"Parent":"x"}]""")),
            ("repositories", Bytes("""{"shop":{"42":"abc"}}""")),
            ("index.json", Bytes(
                """{"schemaVersion":2,"manifests":[{"digest":"sha256:1","annotations":{"io.containerd.image.name":"docker.io/library/shop:42","org.opencontainers.image.ref.name":"42","kept":"yes"}}]}""")),
            ("oci-layout", Bytes("{}"))));

        Assert.That(read["l/layer.tar"], Is.EqualTo(layer));
        Assert.That(Text(read["manifest.json"]), Is.EqualTo("""[{"Config":"a.json","Layers":["l/layer.tar"],"Parent":"x"}]"""));
        Assert.That(Text(read["repositories"]), Is.EqualTo("{}"));
        Assert.That(
            Text(read["index.json"]),
            Is.EqualTo("""{"schemaVersion":2,"manifests":[{"digest":"sha256:1","annotations":{"kept":"yes"}}]}"""));
        Assert.That(read.Keys, Is.EqualTo(new[] { "l", "l/layer.tar", "manifest.json", "repositories", "index.json", "oci-layout" }));
    }

    [TestCase("RepoTags")]
    [TestCase("repotags")]
    [TestCase("REPOTAGS")]
    [TestCase("repoTag\u017f")]
    [TestCase("Repo\\u0054ags")]
    public async Task Names_are_found_under_every_key_that_the_engine_takes(string key)
    {
        var read = await ReadAsync(Tar(("manifest.json", Bytes($$"""[{"Config":"a.json","{{key}}":["shop:42"]}]"""))));

        Assert.That(Text(read["manifest.json"]), Is.EqualTo("""[{"Config":"a.json"}]"""));
    }

    [TestCase("manifest.json")]
    [TestCase("./manifest.json")]
    [TestCase("/manifest.json")]
    [TestCase(".//manifest.json")]
    public async Task File_is_known_however_its_path_is_written(string name)
    {
        var read = await ReadAsync(Tar((name, Bytes(Shop))));

        Assert.That(Text(read["manifest.json"]), Does.Not.Contain("shop"));
    }

    [Test]
    public async Task Of_several_images_only_the_wanted_one_stays_in_the_lists()
    {
        var read = await ReadAsync(
            Tar(
                ("index.json", Bytes(
                    """{"manifests":[{"digest":"1","annotations":{"io.containerd.image.name":"docker.io/library/base:1"}},{"digest":"2","annotations":{"io.containerd.image.name":"docker.io/library/shop:42"}},{"digest":"3"}]}""")),
                ("manifest.json", Bytes("""[{"Config":"a.json","RepoTags":["base:1"]},{"Config":"b.json","RepoTags":["shop:42"]}]"""))),
            wanted: "docker.io/library/shop:42");

        Assert.That(Text(read["manifest.json"]), Is.EqualTo("""[{"Config":"b.json"}]"""));
        Assert.That(Text(read["index.json"]), Is.EqualTo("""{"manifests":[{"digest":"2","annotations":{}},{"digest":"3"}]}"""));
    }

    [Test]
    public async Task Several_images_and_none_by_the_wanted_name_are_a_mismatch()
    {
        var refused = await RefuseAsync(
            Tar(("manifest.json", Bytes("""[{"Config":"a.json","RepoTags":["base:1"]},{"Config":"b.json","RepoTags":null}]"""))));

        Assert.That(refused.IsMismatch, Is.True);
        Assert.That(refused.Message, Does.Contain("2 images").And.Contain("base:1"));
    }

    [TestCase(TarEntryFormat.Ustar)]
    [TestCase(TarEntryFormat.Gnu)]
    [TestCase(TarEntryFormat.Pax)]
    [TestCase(TarEntryFormat.V7)]
    public async Task Every_format_is_read(TarEntryFormat format)
    {
        var read = await ReadAsync(Tar(format, ("l/", null), ("l/x", Bytes("x")), ("manifest.json", Bytes(Shop))));

        Assert.That(Text(read["l/x"]), Is.EqualTo("x"));
        Assert.That(Text(read["manifest.json"]), Does.Not.Contain("shop"));
    }

    [TestCase(TarEntryFormat.Gnu)]
    [TestCase(TarEntryFormat.Pax)]
    public async Task Long_and_foreign_paths_pass(TarEntryFormat format)
    {
        var name = $"{new string('d', 150)}/bü/{new string('f', 150)}";

        var read = await ReadAsync(Tar(format, (name, Bytes("x")), ("manifest.json", Bytes(Shop))));

        Assert.That(read, Does.ContainKey(name));
    }

    [Test]
    public async Task Links_between_layers_pass()
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "b/layer.tar") { LinkName = "../a/layer.tar" });
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.HardLink, "c") { LinkName = "a" });
            await tar.WriteEntryAsync(FileEntry("manifest.json", Bytes(Shop)));
        }

        var entries = await EntriesAsync(await PassAsync(bytes.ToArray(), "shop:42"));

        Assert.That(
            entries.Select(entry => (entry.Name, entry.EntryType, entry.LinkName)).Take(2),
            Is.EqualTo(new[]
            {
                ("b/layer.tar", TarEntryType.SymbolicLink, "../a/layer.tar"), ("c", TarEntryType.HardLink, "a"),
            }));
    }

    [TestCase(TarEntryType.SymbolicLink)]
    [TestCase(TarEntryType.HardLink)]
    [TestCase(TarEntryType.Directory)]
    public async Task File_with_names_that_is_no_file_is_refused(TarEntryType type)
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(FileEntry("hidden", Bytes(Shop)));
            var entry = new PaxTarEntry(type, "manifest.json");
            if (type != TarEntryType.Directory)
            {
                entry.LinkName = "hidden";
            }

            await tar.WriteEntryAsync(entry);
        }

        Assert.That((await RefuseAsync(bytes.ToArray())).Message, Does.Contain("manifest.json"));
    }

    [Test]
    public async Task Top_folder_is_a_folder_or_is_refused()
    {
        var read = await ReadAsync(Tar(("./", null), ("manifest.json", Bytes(Shop))));

        Assert.That(read.Keys, Is.EqualTo(new[] { "./", "manifest.json" }));
        Assert.That((await RefuseAsync(Tar(("./", Bytes("x")), ("manifest.json", Bytes(Shop))))).Message, Does.Contain("top folder"));
    }

    [TestCase("d/manifest.json", TestName = "File_with_names_in_a_folder_is_refused")]
    [TestCase("d/../manifest.json", TestName = "Path_that_leads_upwards_is_refused")]
    public async Task Hidden_path_is_refused(string name) =>
        Assert.That((await RefuseAsync(Tar((name, Bytes(Shop))))).Message, Does.Contain("manifest.json"));

    [Test]
    public async Task File_with_names_that_stands_twice_is_refused() =>
        Assert.That((await RefuseAsync(Tar(("manifest.json", Bytes(Shop)), ("./manifest.json", Bytes(Shop))))).Message, Does.Contain("twice"));

    [TestCase("{")]
    [TestCase("[{}] x")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("[]")]
    [TestCase("""[{"RepoTags":["a:1"],"RepoTags":["b:1"]}]""")]
    [TestCase("""[{"RepoTags":[1]}]""")]
    public async Task Manifest_of_another_form_is_refused(string text) =>
        Assert.That((await RefuseAsync(Tar(("manifest.json", Bytes(text))))).Message, Does.Contain("manifest.json"));

    [TestCase("manifest.json")]
    [TestCase("repositories")]
    [TestCase("index.json")]
    public async Task File_with_names_that_is_too_long_is_refused(string name) =>
        Assert.That((await RefuseAsync(Tar((name, new byte[(1024 * 1024) + 1])))).Message, Does.Contain(name).And.Contain("1048576"));

    [Test]
    public async Task Archive_without_a_list_of_images_is_refused() =>
        Assert.That((await RefuseAsync(Tar(("layer", Bytes("x"))))).Message, Does.Contain("manifest.json"));

    [TestCase("")]
    [TestCase("no archive at all")]
    public async Task What_is_no_archive_is_refused(string text) => Assert.That((await RefuseAsync(Bytes(text))).IsMismatch, Is.False);

    [Test]
    public async Task Archive_that_is_cut_anywhere_before_its_end_is_refused()
    {
        var whole = Tar(("layer", new byte[3000]), ("manifest.json", Bytes(Shop)));
        var end = whole.Length;
        while (whole[end - 1] == 0)
        {
            end--;
        }

        foreach (var length in Enumerable.Range(0, end).Where(length => length % 97 == 0))
        {
            Assert.That((await RefuseAsync(whole[..length])).Message, Is.Not.Empty, $"cut at {length}");
        }
    }

    [Test]
    public async Task Sparse_and_special_entries_are_refused()
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(
                TarEntryType.RegularFile, "x", [new("GNU.sparse.name", "manifest.json"), new("GNU.sparse.major", "1")]));
        }

        Assert.That((await RefuseAsync(bytes.ToArray())).Message, Does.Contain("sparse"));

        bytes.SetLength(0);
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Fifo, "manifest.json"));
        }

        Assert.That((await RefuseAsync(bytes.ToArray())).Message, Does.Contain("Fifo"));
    }

    [Test]
    public async Task Gzip_is_unpacked_once_and_what_comes_behind_the_archive_is_dropped()
    {
        var archive = Tar(("manifest.json", Bytes(Shop)));

        var passed = await PassAsync(Gzip([.. archive, .. Tar(("manifest.json", Bytes(Shop)))]), "shop:42");

        Assert.That(await EntriesAsync(passed), Has.Count.EqualTo(1));
        Assert.That(Text(passed), Does.Not.Contain("shop"));
    }

    [Test]
    public async Task Gzip_in_gzip_is_refused() =>
        Assert.That((await RefuseAsync(Gzip(Gzip(Tar(("manifest.json", Bytes(Shop))))))).Message, Does.Contain("gzip"));

    [Test]
    public async Task Gzip_that_is_cut_is_refused()
    {
        var whole = Gzip(Tar(("layer", RandomBytes(5000)), ("manifest.json", Bytes(Shop))));

        Assert.That((await RefuseAsync(whole[..(whole.Length / 2)])).IsMismatch, Is.False);
    }

    [TestCase("BZh9", "bzip2")]
    [TestCase("\u00FD7zXZ\0", "xz")]
    [TestCase("\u0028\u00B5\u002F\u00FD", "zstd")]
    [TestCase("\u0053\u002A\u004D\u0018", "zstd")]
    public async Task Archive_that_begins_like_a_compressed_one_is_refused(string start, string name)
    {
        var archive = Tar((start.TrimEnd('\0'), Bytes("x")), ("manifest.json", Bytes(Shop)));
        Encoding.Latin1.GetBytes(start, archive);

        Assert.That((await RefuseAsync(archive)).Message, Does.Contain(name));
    }

    [Test]
    public void Faults_of_the_source_are_not_taken_for_a_bad_archive()
    {
        using var archive = new ImageArchive(new FailingStream(), ImageName.Parse("shop:42"));

        Assert.That(async () => await archive.ReadAsync(new byte[10]), Throws.TypeOf<IOException>().With.Message.EqualTo("reset"));
        Assert.That(archive.Refusal, Is.Null);
    }

    private static async Task<ArchiveRefusedException> RefuseAsync(byte[] bytes) =>
        (await Assert.ThrowsAsync<ArchiveRefusedException>(() => PassAsync(bytes, "shop:42")))!;

    private static async Task<Dictionary<string, byte[]>> ReadAsync(byte[] bytes, string wanted = "shop:42")
    {
        var entries = await EntriesAsync(await PassAsync(bytes, wanted));
        return entries.ToDictionary(entry => entry.Name, entry => entry.DataStream is MemoryStream data ? data.ToArray() : [], StringComparer.Ordinal);
    }

    private static async Task<byte[]> PassAsync(byte[] bytes, string wanted)
    {
        await using var archive = new ImageArchive(new MemoryStream(bytes), ImageName.Parse(wanted));
        using var passed = new MemoryStream();
        await archive.CopyToAsync(passed, 777);
        return passed.ToArray();
    }

    private static async Task<List<TarEntry>> EntriesAsync(byte[] bytes)
    {
        var entries = new List<TarEntry>();
        await using var reader = new TarReader(new MemoryStream(bytes));
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static byte[] Tar(params (string Name, byte[]? Content)[] entries) => Tar(TarEntryFormat.Pax, entries);

    private static byte[] Tar(TarEntryFormat format, params (string Name, byte[]? Content)[] entries)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, format, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                tar.WriteEntry(Entry(format, name, content));
            }
        }

        return bytes.ToArray();
    }

    private static TarEntry Entry(TarEntryFormat format, string name, byte[]? content)
    {
        var type = content is null ? TarEntryType.Directory
            : format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
        TarEntry entry = format switch
        {
            TarEntryFormat.V7 => new V7TarEntry(type, name),
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        if (content is not null)
        {
            entry.DataStream = new MemoryStream(content);
        }

        return entry;
    }

    private static PaxTarEntry FileEntry(string name, byte[] content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("reset");
    }
}
