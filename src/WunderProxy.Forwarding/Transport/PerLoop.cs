namespace WunderProxy.Forwarding.Transport;

/// <summary>
/// The parts that loops own of something that all loops use; each part is created at its first use on its loop.
/// </summary>
/// <remarks>
/// A part being created may meet a change of the whole, such as the end of a pause. Code that changes the whole writes
/// first and then enumerates <see cref="Made"/>; a loop asks for its part first and then reads the whole. Both pass a
/// full fence in between, so one of two things holds: either the part is among those enumerated, or the loop sees the
/// change.
/// </remarks>
/// <param name="make">Creates the part of a loop; called on that loop, once.</param>
internal sealed class PerLoop<TPart>(Func<TransportLoop, TPart> make)
    where TPart : class
{
    private readonly TPart?[] _parts = new TPart?[TransportLoop.MaxLoops];

    /// <summary>The parts created so far.</summary>
    public IEnumerable<TPart> Made
    {
        get
        {
            Interlocked.MemoryBarrier();
            return Enumerate();
        }
    }

    /// <summary>Returns the part of <paramref name="loop"/>; called on that loop.</summary>
    public TPart Of(TransportLoop loop) => _parts[loop.Index] ?? Make(loop);

    // Not OfType(): a Select() of its result is a generic virtual call, for which the native runtime builds types.
    private IEnumerable<TPart> Enumerate()
    {
        foreach (var part in _parts)
        {
            if (part is not null)
            {
                yield return part;
            }
        }
    }

    private TPart Make(TransportLoop loop)
    {
        var part = make(loop);
        Interlocked.Exchange(ref _parts[loop.Index], part);
        return part;
    }
}
