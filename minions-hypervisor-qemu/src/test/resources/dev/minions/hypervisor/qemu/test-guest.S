# The guest of the tests: what Linux's boot protocol needs of a kernel, and 240 bytes that do what the last letter of the
# command line says: p powers off, c panics, r resets, f floods the console, b waits for the power button and lets go of
# devices that are taken away; any other halts. Made into the bytes in TestGuest.java by:
#   as --32 test-guest.S -o g.o && objcopy -O binary -j .text g.o g.bin && xxd -p g.bin
.code16
.globl _start
_start:            # file offset 0x200
  jmp begin
  .ascii "HdrS"
  .word 0x0204     # 0x206
  .long 0          # 0x208 realmode_swtch
  .word 0          # 0x20c start_sys
  .word 0          # 0x20e kernel_version
  .byte 0          # 0x210 type_of_loader
  .byte 1          # 0x211 loadflags
  .word 0          # 0x212
  .long 0x100000   # 0x214 code32
  .long 0,0        # 0x218 ramdisk, size
  .long 0          # 0x220
  .word 0,0        # 0x224
  .long 0          # 0x228 cmd_line_ptr
  .long 0x37ffffff # 0x22c initrd max
begin:
  cli
  cld
  mov %cs, %ax
  mov %ax, %ds
  xor %bx, %bx
  # es = cmdline segment: physical in [0x228-0x200] -> seg
  mov 0x28, %eax
  shr $4, %eax
  mov %ax, %es
  mov $hello - _start, %si
  call print
  # length of cmdline
  xor %di, %di
1: mov %es:(%di), %al
  call putc
  test %al, %al
  jz 2f
  inc %di
  jmp 1b
2: mov $nl - _start, %si
  call print
  mov %es:-1(%di), %al
  cmp $'p', %al
  je poweroff
  cmp $'c', %al
  je crash
  cmp $'r', %al
  je reset
  cmp $'f', %al
  je flood
  cmp $'b', %al
  je button
halt:
  sti
  hlt
  jmp halt
poweroff:
  mov $0x604, %dx
  mov $0x2000, %ax
  outw %ax, %dx
  jmp halt
crash:
  mov $0x505, %dx
  mov $1, %al
  outb %al, %dx
  jmp halt
reset:
  mov $0xcf9, %dx
  mov $0x06, %al
  outb %al, %dx
  jmp halt
flood:
  mov $hello - _start, %si
  call print
  jmp flood
button:
  mov $0x602, %dx
  mov $0x100, %ax
  outw %ax, %dx
  mov $ready - _start, %si
  call print
3: sti
  hlt
  cli
  mov $0xcd0, %dx  # of the first bus that devices come to and go from,
  xor %eax, %eax
  outl %eax, %dx
  mov $0xcc4, %dx  # those that are asked for
  inl %dx, %eax
  test %eax, %eax
  jz 7f
  mov $0xcc8, %dx  # are let go of
  outl %eax, %dx
7: mov $0x600, %dx
  inw %dx, %ax
  test $0x100, %ax
  jz 3b
  jmp poweroff
putc:              # al
  push %ax
  push %dx
  mov %al, %ah
4: mov $0x3fd, %dx
  inb %dx, %al
  test $0x20, %al
  jz 4b
  mov %ah, %al
  mov $0x3f8, %dx
  outb %al, %dx
  pop %dx
  pop %ax
  ret
print:             # ds:si
  push %ax
5: lodsb
  test %al, %al
  jz 6f
  call putc
  jmp 5b
6: pop %ax
  ret
hello: .asciz "hello from the guest\r\n"
ready: .asciz "waiting for the power button\r\n"
nl: .asciz "\r\n"
