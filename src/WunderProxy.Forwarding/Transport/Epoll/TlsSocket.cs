using WunderProxy.Forwarding.Transport.OpenSsl;
using WunderProxy.Forwarding.Transport.Streams;

namespace WunderProxy.Forwarding.Transport.Epoll;

/// <summary>
/// A socket with the TLS session over it, and the ciphertext that the socket has not taken yet. Belongs to the handshake
/// and after it to the connection, one of which calls <see cref="Close"/>.
/// </summary>
/// <remarks>
/// After each call of the session the gathered ciphertext is sent, whatever the call was: answers to key updates and
/// alerts leave by that.
/// </remarks>
internal sealed unsafe class TlsSocket(EpollLoop loop, int descriptor, TlsSession session)
{
    // A client that keeps asking for new keys and reads none of the answers; content alone never comes near.
    private const int MaxHeldBytes = TlsWire.MaxContentBytes + BufferPool.LargeBytes;

    // A full buffer of content takes 65 KiB, and OpenSSL reads up to a record ahead. More is taken by records without
    // content, which OpenSSL works off inside one call for as long as some arrive: other connections must not wait so long.
    private const int MaxReceivedBytes = BufferPool.LargeBytes + TlsWire.RecordBytes;

    private const sbyte GoesOn = 1;

    private EpollSocket _socket = new(descriptor);
    private TlsSession _session = session;
    private BlockChain _held;
    private int _contentHeld;
    private sbyte _end = GoesOn;
    private bool _isDrained;
    private bool _isSendingBroken;
    private bool _finishesWhenSent;
    private bool _hasFinished;

    /// <summary>The descriptor; below 0 after <see cref="Close"/>.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>The session over the socket.</summary>
    public ref TlsSession Session => ref _session;

    /// <summary>Whether ciphertext waits for the socket.</summary>
    public bool HoldsBytes => _held.Length > 0;

    /// <summary>Whether the remote end has finished, so that a short receive does not mean that all has been read.</summary>
    public bool IsRemoteFinished { get; private set; }

    /// <summary>How reading ended: 0 in order, <see cref="IoStatus.Broken"/> by a cut or an error; null if it goes on.</summary>
    public int? End => _end == GoesOn ? null : _end;

    /// <summary>
    /// Whether the last receive or peek left bytes in the socket, for which no event will come, because other connections
    /// have their turn first.
    /// </summary>
    public bool HasLeftBytes { get; private set; }

    private TlsWire Wire => loop.Wire;

    /// <summary>Records what the kernel has reported.</summary>
    public void NoteEvents(EpollEvents events)
    {
        if (events.HasReadable())
        {
            _isDrained = false;
        }

        if (events.RemoteEnd() != CloseReason.None)
        {
            IsRemoteFinished = true;
        }

        if (events.HasWritable())
        {
            _socket.NoteWritable();
            TrySendHeld();
        }
    }

    /// <summary>Does the part of the handshake that is possible without waiting.</summary>
    /// <param name="received">What the client has sent of the handshake.</param>
    public TlsStep Handshake(ref HandshakeBytes received)
    {
        while (true)
        {
            if (!TrySendHeld())
            {
                return _isSendingBroken ? TlsStep.Failed : TlsStep.WantsWrite;
            }

            Wire.Aim(Descriptor, _isDrained, !IsRemoteFinished, received.Allowance, IoStatus.Broken);
            var step = _session.Handshake();
            TakeBackHandshake(ref received);
            if (step == TlsStep.Failed && received.BeginLikeHttp)
            {
                // The client would take the alert for the beginning of an answer.
                Wire.ClearGathered();
            }

            SendGathered();
            if (step != TlsStep.WantsWrite)
            {
                return step;
            }
        }
    }

    /// <summary>Receives and decrypts until the buffer is full or nothing is left.</summary>
    /// <returns>
    /// Number of bytes, 0 after a close_notify, or an <see cref="IoStatus"/>. <see cref="End"/> may be set even if there
    /// are bytes; the next call returns it then.
    /// </returns>
    public int Receive(Span<byte> buffer)
    {
        if (_end != GoesOn)
        {
            return _end;
        }

        AimAtContent();
        int received;
        fixed (byte* start = buffer)
        {
            received = Decrypt(start, buffer.Length);
        }

        TakeBackContent();
        SendGathered();
        return received > 0 ? received : End ?? IoStatus.WouldBlock;
    }

    /// <summary>Tests whether something can be received; returns the same values as <see cref="Receive"/>.</summary>
    public int Peek()
    {
        if (_end != GoesOn)
        {
            return _end;
        }

        AimAtContent();
        var peeked = _session.Peek();
        TakeBackContent();
        SendGathered();
        if (peeked is 0 or IoStatus.Broken)
        {
            _end = (sbyte)peeked;
        }

        return peeked;
    }

    /// <summary>Encrypts the two spans and sends them, at most <see cref="TlsWire.MaxContentBytes"/> in a call.</summary>
    /// <returns>
    /// Number of bytes of content whose ciphertext the kernel has taken, or an <see cref="IoStatus"/>. After
    /// <see cref="IoStatus.WouldBlock"/> the content may have been encrypted and be held: the next call gets the same
    /// bytes, and returns their number once the kernel has them.
    /// </returns>
    public int Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (!TrySendHeld())
        {
            return _isSendingBroken ? IoStatus.Broken : IoStatus.WouldBlock;
        }

        if (_contentHeld > 0)
        {
            var sent = _contentHeld;
            _contentHeld = 0;
            return sent;
        }

        if (_socket.IsFull)
        {
            return IoStatus.WouldBlock;
        }

        AimAtContent();
        var encrypted = Encrypt(first, second);
        SendGathered();
        if (encrypted < 0 || _isSendingBroken)
        {
            return IoStatus.Broken;
        }

        _contentHeld = HoldsBytes ? encrypted : 0;
        return HoldsBytes ? IoStatus.WouldBlock : encrypted;
    }

    /// <summary>Sends bytes without encryption, in place of TLS, as far as the socket takes them.</summary>
    public void SendPlain(ReadOnlySpan<byte> bytes) => _ = _socket.Send(bytes, default);

    /// <summary>Receives and drops what the remote end sends; for a remote end that is no longer served.</summary>
    /// <returns>Whether more may come.</returns>
    public bool Drain(ref int allowance)
    {
        Span<byte> dropped = stackalloc byte[4096];
        while (allowance > 0)
        {
            var received = _socket.Receive(dropped);
            if (received <= 0)
            {
                return received == IoStatus.WouldBlock;
            }

            allowance -= received;
        }

        return false;
    }

    /// <summary>Sends a close_notify and then the end of the stream (FIN), both after the held ciphertext.</summary>
    public void ShutdownSend()
    {
        AimAtContent();
        _session.Shutdown();
        SendGathered();
        _finishesWhenSent = true;
        TrySendHeld();
    }

    /// <summary>Sends the end of the stream (FIN) alone; for a session that has failed.</summary>
    public void ShutdownSocket() => _socket.ShutdownSend();

    /// <summary>Frees the session and the held bytes, and closes the descriptor.</summary>
    /// <param name="reason">
    /// <see cref="CloseReason.ClosedHere"/> sends a close_notify first, unless ciphertext is held. Where content is held,
    /// or sending is broken, such a close becomes a reset, so that the remote end does not take what it has for complete.
    /// Where only an alert or an answer to a key update is held, the kernel has all content, which a reset would throw
    /// away: the stream then ends without the held bytes.
    /// </param>
    public void Close(CloseReason reason)
    {
        if (reason == CloseReason.ClosedHere && !_session.IsDead)
        {
            if (TrySendHeld())
            {
                AimAtContent();
                _session.Shutdown();
                SendGathered();
            }
            else if (_contentHeld > 0 || _isSendingBroken)
            {
                reason = CloseReason.AbortedHere;
            }
        }

        _session.Free();
        _held.Release(loop.Buffers);
        _socket.Close(loop, reason);
    }

    private void AimAtContent() =>
        Wire.Aim(Descriptor, _isDrained, !IsRemoteFinished, MaxReceivedBytes, IoStatus.WouldBlock);

    private void TakeBackContent()
    {
        _isDrained = Wire.State->IsDrained;
        HasLeftBytes = Wire.State->IsOverAllowance;
    }

    private void TakeBackHandshake(ref HandshakeBytes received)
    {
        _isDrained = Wire.State->IsDrained;
        received.Note(Wire.State);
    }

    private int Decrypt(byte* start, int length)
    {
        var received = 0;
        while (received < length)
        {
            var read = _session.Read(start + received, length - received);
            if (read <= 0)
            {
                if (read != IoStatus.WouldBlock)
                {
                    _end = (sbyte)read;
                }

                break;
            }

            received += read;
            if (Wire.State->IsDrained && !_session.HasPending)
            {
                break;
            }
        }

        return received;
    }

    /// <summary>Encrypts both spans into records, one of which holds the end of the first and the start of the second.</summary>
    private int Encrypt(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var all = Math.Min(first.Length + second.Length, TlsWire.MaxContentBytes);
        for (var done = 0; done < all;)
        {
            var content = Math.Min(TlsWire.RecordBytes, all - done);
            var record = done >= first.Length ? second.Slice(done - first.Length, content)
                : done + content <= first.Length ? first.Slice(done, content)
                : Join(first[done..], second, content);
            fixed (byte* start = record)
            {
                var written = _session.Write(start, content);
                if (written < 0)
                {
                    return written;
                }

                done += written;
            }
        }

        return all;
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int length)
    {
        var joined = Wire.Joined[..length];
        first.CopyTo(joined);
        second[..(length - first.Length)].CopyTo(joined[first.Length..]);
        return joined;
    }

    private void SendGathered()
    {
        // Once sending is broken or has ended, the remote end would take later records for a continuation of what it has.
        if (_isSendingBroken || _hasFinished)
        {
            Wire.ClearGathered();
        }

        var bytes = Wire.Gathered;
        if (bytes.IsEmpty)
        {
            return;
        }

        if (!HoldsBytes)
        {
            var sent = _socket.Send(bytes, default);
            _isSendingBroken |= sent == IoStatus.Broken;
            bytes = bytes[Math.Max(sent, 0)..];
        }

        if (!_isSendingBroken)
        {
            Hold(bytes);
        }

        Wire.ClearGathered();
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_held.Length + bytes.Length > MaxHeldBytes)
        {
            BreakSending();
            return;
        }

        while (!bytes.IsEmpty)
        {
            if (_held.Room == 0)
            {
                _held.Append(bytes.Length <= BufferPool.SmallBytes ? loop.Buffers.RentSmall() : loop.Buffers.RentLarge());
            }

            var taken = Math.Min(bytes.Length, _held.Room);
            _held.Add(bytes[..taken]);
            bytes = bytes[taken..];
        }
    }

    /// <summary>Sends held ciphertext.</summary>
    /// <returns>Whether none is left, and more may be sent.</returns>
    private bool TrySendHeld()
    {
        while (HoldsBytes)
        {
            var sent = _socket.Send(_held.FirstPart.Span, default);
            if (sent < 0)
            {
                if (sent == IoStatus.Broken)
                {
                    BreakSending();
                }

                return false;
            }

            _ = _held.Take(sent, loop.Buffers);
        }

        if (_finishesWhenSent && !_isSendingBroken)
        {
            _finishesWhenSent = false;
            _hasFinished = true;
            _socket.ShutdownSend();
        }

        return !_isSendingBroken;
    }

    private void BreakSending()
    {
        _isSendingBroken = true;
        _held.Release(loop.Buffers);
    }
}
