namespace WunderProxy.Forwarding.Tests.Http1.Fuzzing;

/// <summary>Makes an input out of a corpus entry by a few random edits.</summary>
internal sealed class FuzzMutator(Random random)
{
    private const int MaxEdits = 4;
    private const int MaxCutBytes = 12;

    private readonly List<byte> _bytes = [];

    /// <summary>The next input, grown from one of the seeds.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        _bytes.Clear();
        _bytes.AddRange(seeds[random.Next(seeds.Count)]);
        for (var edits = random.Next(MaxEdits + 1); edits > 0; edits--)
        {
            Edit(seeds);
        }

        return [.. _bytes];
    }

    private void Edit(IReadOnlyList<byte[]> seeds)
    {
        var at = random.Next(_bytes.Count + 1);
        switch (random.Next(6))
        {
            case 0:
                _bytes.InsertRange(at, FuzzCorpus.Pieces[random.Next(FuzzCorpus.Pieces.Count)]);
                break;
            case 1:
                _bytes.RemoveRange(at, Math.Min(random.Next(MaxCutBytes), _bytes.Count - at));
                break;
            case 2:
                _bytes.Insert(at, (byte)random.Next(256));
                break;
            case 3 when at < _bytes.Count:
                _bytes[at] = (byte)random.Next(256);
                break;
            case 4:
                _bytes.InsertRange(at, _bytes.GetRange(at, Math.Min(random.Next(MaxCutBytes), _bytes.Count - at)));
                break;
            default:
                var other = seeds[random.Next(seeds.Count)];
                _bytes.RemoveRange(at, _bytes.Count - at);
                _bytes.AddRange(other[random.Next(other.Length)..]);
                break;
        }
    }
}
